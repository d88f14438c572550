"""The departments: how each kind of work is learned. They see plates and recipes only, and never each other."""
