//! What is found out about recordings, and what hostile ones can do: nothing.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::Path;

use loaxa::audio::preflight::scan;
use loaxa::library::Library;
use loaxa::library::store::LibraryStore;
use loaxa::terms::*;

const EXE: &str = env!("CARGO_BIN_EXE_loaxa");

#[test]
fn what_the_fixtures_are() {
    let data = tempfile::tempdir().unwrap();
    let store = LibraryStore::keeping(data.path()).unwrap();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recordings");
    let items: Vec<_> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|e| e.unwrap().file_name())
        .map(|n| (ItemId::from(n.to_str().unwrap()), n.into()))
        .collect();
    let lib: Library = scan(&folder, &items, &store, Path::new(EXE));
    for (i, r) in &lib.items {
        println!("{i} {r:?}");
    }
    let t = std::time::Instant::now();
    scan(&folder, &items, &store, Path::new(EXE));
    println!("{:?}", t.elapsed());
    for e in std::fs::read_dir(data.path().join("recordings")).unwrap() {
        println!("{:?}", e.unwrap().file_name());
    }
    println!("{}", std::fs::read_to_string(data.path().join("facts/seen.json")).unwrap_or_default());
}
