"""Steps: following the code of a step, instruction by instruction, along every path."""
