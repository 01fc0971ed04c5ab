//! Cells as exports print them: JSON values, and CSV fields that no spreadsheet takes for formulas.

use std::borrow::Cow;

use serde::de::IgnoredAny;

use super::CellForm;
use super::cells::members;

impl CellForm {
    /// The cell as JSON.
    pub fn json(self, cell: &str) -> String {
        let quoted = |text: &str| serde_json::Value::from(text).to_string();
        match self {
            CellForm::List => serde_json::Value::from(members(cell).collect::<Vec<_>>()).to_string(),
            _ if cell.is_empty() => "null".to_owned(),
            CellForm::Text | CellForm::Time => quoted(cell),
            // These are JSON as they are printed, unless somebody wrote something else into the file.
            CellForm::Number | CellForm::Tenths | CellForm::Bool | CellForm::Json => {
                match serde_json::from_str::<IgnoredAny>(cell) {
                    Ok(_) => cell.to_owned(),
                    Err(_) => quoted(cell),
                }
            }
        }
    }

    /// The cell as a CSV field: one that a spreadsheet would take for a formula begins with an apostrophe.
    pub fn csv(self, cell: &str) -> Cow<'_, str> {
        let number = matches!(self, CellForm::Number | CellForm::Tenths) && cell.parse::<f64>().is_ok();
        if !number && cell.starts_with(['=', '+', '-', '@']) { format!("'{cell}").into() } else { cell.into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_keep_their_form() {
        for (form, cell, expected) in [
            (CellForm::Number, "-7", "-7"),
            (CellForm::Tenths, "-18.0", "-18.0"),
            (CellForm::Bool, "true", "true"),
            (CellForm::Text, "Làng \"quê\"", r#""Làng \"quê\"""#),
            (CellForm::Time, "2026-11-15T05:30:00+07:00", r#""2026-11-15T05:30:00+07:00""#),
            (CellForm::List, "thon-1;thon-2", r#"["thon-1","thon-2"]"#),
            (CellForm::List, "", "[]"),
            (CellForm::Json, r#"{"a":1}"#, r#"{"a":1}"#),
            (CellForm::Number, "", "null"),
            (CellForm::Text, "", "null"),
            (CellForm::Number, "seven", r#""seven""#),
            (CellForm::Json, "{", r#""{""#),
        ] {
            assert_eq!(form.json(cell), expected);
        }
        for (form, cell, expected) in [
            (CellForm::Text, "=1", "'=1"),
            (CellForm::Tenths, "-18.0", "-18.0"),
            (CellForm::Text, "-lan", "'-lan"),
            (CellForm::Text, "a=", "a="),
        ] {
            assert_eq!(form.csv(cell), expected);
        }
    }
}
