"""The environment of the suite: finds or fetches what it needs, runs and tests it.

Nothing an addon imports. ``python3 -m setup help`` lists the commands.
"""
