//! One writer for each format. They render; what is said was decided before.

pub mod csv;
pub mod html;
pub mod json;
