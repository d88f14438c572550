"""Look: a grade learned from graded frames, which comes apart into CDL, curves and a residual 3D LUT."""
