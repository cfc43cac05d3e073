//! What a reviewer does, from the first screen to the export.
