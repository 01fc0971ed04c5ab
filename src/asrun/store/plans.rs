//! Every plan that was accepted, kept whole: `plans/HASH/` in the data folder, so that a row's `plan_hash` can be looked up for ever,
//! and so that the last good plan can run when a new one is broken.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Component, Path, PathBuf};

use crate::asrun::store::{LogError, at_path};
use crate::files;
use crate::terms::PlanHash;

/// Keeps the files of a plan, each by its name. Does nothing if they are kept already; what lies there and is not these files any more, or
/// no folder, gives way. When this returns they are on the disk, all of them or none.
pub fn keep<'a>(dir: &Path, hash: &PlanHash, content: impl IntoIterator<Item = (&'a str, &'a [u8])>) -> Result<(), LogError> {
    let place = folder(dir, hash)?;
    let mut wanted: KeptFiles = content.into_iter().map(|(name, bytes)| (name.to_owned(), bytes.to_vec())).collect();
    wanted.sort();
    if kept(dir, hash).is_ok_and(|kept| kept.as_ref() == Some(&wanted)) {
        return Ok(());
    }
    let fresh = place.with_extension("new");
    match fs::remove_dir_all(&fresh) {
        Ok(()) => {}
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) => return Err(at_path(&fresh)(error)),
    }
    fs::create_dir_all(&fresh).map_err(at_path(&fresh))?;
    for (name, bytes) in wanted {
        let path = fresh.join(plain(Path::new(&name))?);
        write(&path, &bytes).map_err(at_path(&path))?;
    }
    let rename = || -> std::io::Result<()> {
        File::open(&fresh)?.sync_all()?;
        if fs::symlink_metadata(&place).is_ok() {
            files::set_aside(&place, "damaged")?;
        }
        fs::rename(&fresh, &place)?;
        File::open(all(dir))?.sync_all()
    };
    rename().map_err(at_path(&place))
}

fn write(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut file = File::create_new(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// The folder in which a plan is kept (or would be).
pub fn folder(dir: &Path, hash: &PlanHash) -> Result<PathBuf, LogError> {
    Ok(all(dir).join(plain(Path::new(hash.as_str()))?))
}

/// All of them; beside a backup, which is a file, lie those that it names.
fn all(dir: &Path) -> PathBuf {
    let dir = if dir.is_file() { dir.parent().unwrap_or(Path::new(".")) } else { dir };
    dir.join("plans")
}

/// Carries every plan of a data folder to a folder of backups, which may have some of them already: a plan never changes.
pub fn carry(dir: &Path, to: &Path) -> Result<(), LogError> {
    let entries = match fs::read_dir(all(dir)) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(at_path(&all(dir))(error)),
    };
    for entry in entries.flatten() {
        // What a name that is no hash holds, and what was set aside, is no plan.
        let Some(hash) =
            entry.file_name().to_str().filter(|name| name.bytes().all(|byte| byte.is_ascii_hexdigit())).map(PlanHash::from)
        else {
            continue;
        };
        if let Some(files) = kept(dir, &hash)? {
            keep(to, &hash, files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())))?;
        }
    }
    Ok(())
}

/// Names and contents.
pub type KeptFiles = Vec<(String, Vec<u8>)>;

/// The files of a kept plan in order of their names; `None` when it is not kept.
pub fn kept(dir: &Path, hash: &PlanHash) -> Result<Option<KeptFiles>, LogError> {
    let folder = folder(dir, hash)?;
    if !folder.is_dir() {
        return Ok(None);
    }
    let mut files = Vec::new();
    for entry in fs::read_dir(&folder).map_err(at_path(&folder))? {
        let path = entry.map_err(at_path(&folder))?.path();
        if !path.is_file() {
            // No plan has such a thing, and a pipe would be waited for.
            continue;
        }
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        files.push((name, fs::read(&path).map_err(at_path(&path))?));
    }
    files.sort();
    Ok(Some(files))
}

/// A name that stays in its folder: one plain component.
fn plain(name: &Path) -> Result<&Path, LogError> {
    let mut components = name.components();
    match (components.next(), components.next()) {
        (Some(Component::Normal(_)), None) => Ok(name),
        _ => Err(LogError::Damaged { path: name.to_owned(), what: "this is not the plain name of a file".to_owned() }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_is_kept_whole_and_once() {
        let dir = tempfile::tempdir().unwrap();
        let hash = PlanHash::from("abc");
        assert_eq!(kept(dir.path(), &hash).unwrap(), None);
        keep(dir.path(), &hash, [("b.toml", b"two".as_slice()), ("a.toml", b"one")]).unwrap();
        keep(dir.path(), &hash, [("a.toml", b"one".as_slice()), ("b.toml", b"two")]).unwrap();
        assert_eq!(fs::read_dir(dir.path().join("plans")).unwrap().count(), 1);
        let files = vec![("a.toml".to_owned(), b"one".to_vec()), ("b.toml".to_owned(), b"two".to_vec())];
        assert_eq!(kept(dir.path(), &hash).unwrap(), Some(files));
    }

    #[test]
    fn what_is_damaged_is_written_anew_and_what_is_in_the_way_gives_way() {
        let dir = tempfile::tempdir().unwrap();
        let hash = PlanHash::from("abc");
        let keep = || keep(dir.path(), &hash, [("a.toml", b"one".as_slice())]).unwrap();
        fs::create_dir_all(dir.path().join("plans")).unwrap();
        fs::write(dir.path().join("plans/abc"), "no folder").unwrap();
        keep();
        fs::write(dir.path().join("plans/abc/a.toml"), [0; 3]).unwrap();
        keep();
        assert_eq!(kept(dir.path(), &hash).unwrap().unwrap(), [("a.toml".to_owned(), b"one".to_vec())]);
        assert_eq!(fs::read(dir.path().join("plans/abc.damaged-1")).unwrap(), b"no folder");
        assert!(dir.path().join("plans/abc.damaged-2/a.toml").is_file());
    }

    #[test]
    fn no_name_leaves_the_folder() {
        let dir = tempfile::tempdir().unwrap();
        for name in ["../x", "/etc/x", "a/b", "..", ""] {
            assert!(keep(dir.path(), &PlanHash::from("h"), [(name, b"".as_slice())]).is_err(), "{name}");
            assert!(folder(dir.path(), &PlanHash::from(name)).is_err(), "{name}");
        }
    }

    #[test]
    fn a_half_written_plan_is_written_anew() {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir_all(dir.path().join("plans/h.new")).unwrap();
        fs::write(dir.path().join("plans/h.new/a.toml"), "half").unwrap();
        keep(dir.path(), &PlanHash::from("h"), [("a.toml", b"whole".as_slice())]).unwrap();
        assert_eq!(kept(dir.path(), &PlanHash::from("h")).unwrap().unwrap()[0].1, b"whole");
    }
}
