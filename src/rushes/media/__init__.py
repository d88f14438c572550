"""Pixels in and out of files, and from one colour space to another: OpenImageIO, PyAV, OpenColorIO."""
