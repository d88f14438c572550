"""A previs project: one folder of text and pictures, from the script to the cut; every decision in it is a person's."""
