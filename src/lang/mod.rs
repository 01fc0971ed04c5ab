//! Every word that a person is shown, Vietnamese first, one file per room.

pub mod add;
pub mod audio;
pub mod check;
pub mod chores;
pub mod cli;
pub mod console;
pub mod daemon;
pub mod explain;
pub mod help;
pub mod idle;
pub mod log;
pub mod mourning;
pub mod orders;
pub mod outputs;
pub mod person;
pub mod plan;
pub mod report;
pub mod report_cli;
pub mod rows;
pub mod rundown;
pub mod simulation;
pub mod status;
pub mod system;
pub mod table;
pub mod targets;
pub mod verify;
pub mod written;
pub mod year;

use serde::{Deserialize, Serialize};

/// The language of messages, console and reports.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    #[default]
    Vi,
    En,
}

impl Language {
    /// The text in this language.
    pub fn pick<T>(self, vi: T, en: T) -> T {
        match self {
            Language::Vi => vi,
            Language::En => en,
        }
    }
}
