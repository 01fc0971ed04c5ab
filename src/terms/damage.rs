//! What a check of the log may find, as far as it is put into words.

/// How the file is damaged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileDamage {
    /// It is empty, or was never a log's.
    NoLog,
    /// Some of it was overwritten or is gone.
    Pages,
    /// A table that belongs to it is gone or has another form.
    Tables,
    /// The rows are whole, what the file finds them by is not.
    Index,
}

/// What remembers the log as it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Witness {
    /// A line of `heads.txt`.
    HeadsFile {
        line: usize,
    },
    /// A head that was given.
    Given,
    Export,
    /// The head on a report.
    Report,
    /// What the last life of the station handed over to the next.
    Handover,
}
