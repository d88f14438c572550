"""Previs: from a screenplay to an animatic in the show's own look; geometry decides composition."""
