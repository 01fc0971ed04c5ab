//! The reader (helper B).
