//! One writer for each format. They render; what is said was decided before.

pub mod columns;
pub mod csv;
pub mod docx;
pub mod html;
pub mod json;
pub mod letters;
pub mod paper;
pub mod pdf;
pub mod xlsx;
