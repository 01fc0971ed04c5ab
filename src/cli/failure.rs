//! What went wrong with the system, for whoever typed the command: its causes in the language's words, where they are known ones.

use std::error::Error;
use std::io;

use crate::asrun::store::LogError;
use crate::asrun::verify::VerifyError;
use crate::control::socket::SocketError;
use crate::lang::{Language, orders, system};
use crate::library::store::StoreError;

/// All of it on one line. A cause that is told in words tells its own causes too.
pub fn describe(error: &anyhow::Error, lang: Language) -> String {
    let mut said = Vec::new();
    for cause in error.chain() {
        if let Some(words) = in_words(cause, lang) {
            said.push(words);
            break;
        }
        // Some libraries make a text of what the system said.
        let text = cause.to_string();
        said.push(if text.contains("(os error ") { system::retold(lang, &text) } else { text });
    }
    said.join(": ")
}

fn in_words(cause: &(dyn Error + 'static), lang: Language) -> Option<String> {
    if let Some(error) = cause.downcast_ref::<LogError>() {
        return Some(system::of_log(lang, error));
    }
    if let Some(VerifyError::Store(error)) = cause.downcast_ref::<VerifyError>() {
        return Some(system::of_log(lang, error));
    }
    if let Some(StoreError::Io { path, source }) = cause.downcast_ref::<StoreError>() {
        return Some(system::of_file(lang, path, source));
    }
    if let Some(error) = cause.downcast_ref::<SocketError>() {
        return Some(orders::unheard(lang, error));
    }
    let database = || cause.downcast_ref::<rusqlite::Error>().map(|error| system::database(lang, error));
    cause.downcast_ref::<io::Error>().map(|error| system::io(lang, error)).or_else(database)
}

#[cfg(test)]
mod tests {
    use anyhow::Context;

    use super::*;

    #[test]
    fn a_failure_is_told_in_one_language_to_its_last_cause() {
        let full = || io::Error::from_raw_os_error(libc::ENOSPC);
        let written = Err::<(), _>(full()).context("không ghi được bao-cao.docx").unwrap_err();
        assert_eq!(describe(&written, Language::Vi), "không ghi được bao-cao.docx: ổ đĩa hết chỗ trống");
        let in_text = anyhow::anyhow!("i/o error: {}", full()).context("không ghi được bao-cao.docx");
        assert_eq!(describe(&in_text, Language::Vi), "không ghi được bao-cao.docx: ổ đĩa hết chỗ trống");
        let folder = anyhow::Error::from(LogError::File { path: "/mnt/usb".into(), source: full() });
        assert_eq!(describe(&folder, Language::Vi), "không dùng được /mnt/usb: ổ đĩa hết chỗ trống");
        assert_eq!(describe(&folder, Language::En), "cannot use /mnt/usb: No space left on device (os error 28)");
    }
}
