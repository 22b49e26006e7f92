"""Values while lifting: known now or depending on the state; comparing and combining them."""
