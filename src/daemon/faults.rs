//! What the daemon tells the conductor as faults: each once when it begins or changes, and once when it is mended.

use std::collections::BTreeMap;

use crate::control::status::FaultCode;

/// Faults that stand, as they were told last.
#[derive(Debug, Default)]
pub struct Faults(BTreeMap<FaultCode, String>);

impl Faults {
    /// With what has been told already.
    pub fn standing(faults: impl IntoIterator<Item = (FaultCode, String)>) -> Faults {
        Faults(faults.into_iter().collect())
    }

    /// Takes in how it is now (`None`: mended), and says whether that is to be told.
    pub fn is_news(&mut self, code: FaultCode, detail: Option<&str>) -> bool {
        let before = match detail {
            Some(detail) => self.0.insert(code, detail.to_owned()),
            None => self.0.remove(&code),
        };
        before.as_deref() != detail
    }
}
