"""Floor 2: from the source of a model to a system of guarded actions.

code: a method as linear code · values: what its expressions stand for · steps: every path through
a step · processes, actions, faults, promises: what the system is made of · lifting: all of it.
"""
