#!/usr/bin/env python
import os

def f(x):
    """Doc
    string."""
    return [x, "y"]
