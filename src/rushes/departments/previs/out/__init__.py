"""What goes out: boards, animatic, techvis, cuts, and the cut as it comes back."""
