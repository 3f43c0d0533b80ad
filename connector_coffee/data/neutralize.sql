-- A copy of a database must not talk to the real machines.
UPDATE coffee_backend SET username = NULL, password = NULL, active = false;
