//! Whatever stands in `heads.txt`, or in the file that is held against the log: verification ends with a verdict or says why there is none.
//!
//! The first byte chooses: even is `heads.txt`, odd an export.
#![no_main]

use std::cell::RefCell;

use jiff::SignedDuration;
use jiff::tz::TimeZone;
use libfuzzer_sys::fuzz_target;
use loaxa::asrun::row::Row;
use loaxa::asrun::store::{Store, heads};
use loaxa::asrun::open::SlotChange;
use loaxa::asrun::verify::{VerifyError, verify};
use loaxa::terms::*;

/// A log of five rows.
fn log() -> tempfile::TempDir {
    let folder = tempfile::tempdir_in("/dev/shm").unwrap();
    let zone = TimeZone::get("Asia/Ho_Chi_Minh").unwrap();
    let mut store = Store::open(folder.path(), Origin::Live, zone).unwrap();
    let begin = Wall(1_794_695_400_000_000_000);
    let row = |n: i64| Row {
        started_at: Some(begin + SignedDuration::from_mins(n)),
        title: Some(format!("=Bài \"số\" {n}, 'mới'")),
        ..Row::of(Kind::Hand, "cam-tan".into(), Origin::Live)
    };
    store.append((0..5).map(row).collect(), &SlotChange::Nothing).unwrap();
    folder
}

thread_local! {
    static LOG: RefCell<tempfile::TempDir> = RefCell::new(log());
}

fuzz_target!(|bytes: &[u8]| {
    let Some((choice, bytes)) = bytes.split_first() else { return };
    LOG.with_borrow(|folder| {
        let folder = folder.path();
        if choice % 2 == 0 {
            std::fs::write(folder.join(heads::HEADS), bytes).unwrap();
            heads::read(folder).unwrap();
            verify(folder, &[], None).unwrap();
        } else {
            let _ = std::fs::remove_file(folder.join(heads::HEADS));
            let export = folder.join("export");
            std::fs::write(&export, bytes).unwrap();
            match verify(folder, &[], Some(&export)) {
                Ok(verdict) => assert_eq!(verdict.rows, 5),
                Err(error) => assert!(matches!(error, VerifyError::NotAnExport { .. } | VerifyError::File { .. }), "{error}"),
            }
        }
    });
});
