//! Whether the log is the one that was here before, and whole: the heads in `heads.txt` remember it. What is found becomes a `gap` row.

use super::{LogError, Query, Reader, heads};
use crate::asrun::chain::Head;
use crate::asrun::fact::{Fact, GapFact, Lack};
use crate::asrun::row::Row;
use crate::asrun::store::rescue::Rescued;
use crate::terms::Kind;

/// How many lodged heads are looked at to find where two logs part: those of some years.
const LOOKED_BACK: usize = 2_000;

/// What `heads.txt` and the head that was handed over say, as far as no gap row has said it before.
pub(super) fn find(reader: &Reader, head: Head, handed: Option<Head>) -> Result<Option<GapFact>, LogError> {
    // A list that cannot be read says nothing; the log itself is not worse for it.
    let lodged = heads::newest_first(reader.dir()).unwrap_or_default();
    let known = known(reader)?;
    let new: Vec<Head> = lodged.iter().copied().take_while(|head| !known.contains(head)).collect();
    // Of two with the same number the newer one: `verify` excuses what stands before it.
    let ahead = new.iter().rev().filter(|lodged| lodged.seq > head.seq).max_by_key(|lodged| lodged.seq).copied();
    let handed = handed.filter(|handed| handed.seq > head.seq && !known.contains(handed));
    if let Some(to) = [ahead, handed].into_iter().flatten().map(|head| head.seq).max() {
        return Ok(Some(GapFact { from_seq: Some(head.seq + 1), to_seq: Some(to), lodged: ahead, handed, ..GapFact::default() }));
    }
    let Some(last) = new.first() else { return Ok(None) };
    if reader.has(last)? {
        return Ok(None);
    }
    let other = GapFact { what: Lack::OtherLog, lodged: Some(*last), ..GapFact::default() };
    for head in lodged.iter().take(LOOKED_BACK) {
        if reader.has(head)? {
            return Ok(Some(GapFact { common: Some(*head), ..other }));
        }
    }
    Ok(Some(other))
}

/// The heads of which gap rows tell.
fn known(reader: &Reader) -> Result<Vec<Head>, LogError> {
    let mut known = Vec::new();
    reader.each(&Query { kinds: vec![Kind::Gap], ..Query::default() }, |stored| -> Result<bool, LogError> {
        if let Ok(Row { fact: Fact::Gap(gap), .. }) = Row::parse(stored.text) {
            known.extend([gap.lodged, gap.handed].into_iter().flatten());
        }
        Ok(true)
    })?;
    Ok(known)
}

impl GapFact {
    /// Of rows for which there was no room while the disk failed.
    pub(crate) fn no_room(rows: u64) -> GapFact {
        GapFact { what: Lack::NoRoom, rows: Some(rows), ..GapFact::default() }
    }

    /// Of a damaged log: where it lies now, and with which row it goes on.
    pub(super) fn rescued(self, head: Head, rescued: Rescued) -> GapFact {
        let Rescued { why, set_aside, backup } = rescued;
        let backup = backup.map(|file| file.display().to_string());
        GapFact { what: Lack::LogDamaged, why: Some(why), set_aside, backup, continues: Some(head), ..self }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::asrun::open::SlotChange;
    use crate::asrun::samples::*;
    use crate::asrun::store::{FILE, Store};
    use crate::asrun::verify::{RowProblem, verify};
    use crate::terms::Origin;

    fn open(dir: &Path) -> Store {
        Store::open(dir, Origin::Live, hanoi()).unwrap()
    }

    /// One life of the station, in which one slot airs; its head is lodged.
    fn live(dir: &Path, minute: i64) {
        let mut store = open(dir);
        store.recover("cam-tan".into(), MORNING).unwrap();
        store.append(whole_slot(MORNING + minutes(minute)), &SlotChange::Nothing).unwrap();
        store.lodge_head(MORNING).unwrap();
        store.checkpoint().unwrap();
    }

    fn gaps(dir: &Path) -> Vec<String> {
        let query = Query { kinds: vec![Kind::Gap], ..Query::default() };
        Store::read_only(dir).unwrap().rows(&query).unwrap().into_iter().map(|row| row.detail()).collect()
    }

    fn put(from: &Path, dir: &Path) {
        std::fs::copy(from.join(FILE), dir.join(FILE)).unwrap();
    }

    #[test]
    fn a_clone_that_went_further_than_the_log_is_noticed_once_and_still_found_by_the_check() {
        let (here, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        live(here.path(), 0);
        for name in [FILE, heads::HEADS] {
            std::fs::copy(here.path().join(name), elsewhere.path().join(name)).unwrap();
        }
        live(here.path(), 60);
        (1..4).for_each(|n| live(elsewhere.path(), 60 * n + 1));
        put(elsewhere.path(), here.path());
        live(here.path(), 600);
        let known = gaps(here.path());
        assert_eq!(known.len(), 1);
        assert!(known[0].contains(r#""common":"3:"#) && known[0].contains(r#""lodged":"6:"#), "{known:?}");
        assert!(known[0].contains(r#""what":"other_log""#), "{known:?}");
        live(here.path(), 660);
        assert_eq!(gaps(here.path()).len(), 1, "it is said once");
        let bad = verify(here.path(), &[], None).unwrap().first_bad.unwrap();
        assert_eq!(bad.seq, 6);
        assert!(matches!(bad.problem, RowProblem::Rebuilt { .. }), "a row that says so excuses nothing: {bad:?}");
    }

    #[test]
    fn an_older_backup_is_a_gap_once_however_often_the_station_is_cut_off_then() {
        let (here, backup) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        live(here.path(), 0);
        put(here.path(), backup.path());
        live(here.path(), 60);
        put(backup.path(), here.path());
        // Cut off right after the row was written, before a head is lodged.
        for _ in 0..3 {
            open(here.path()).recover("cam-tan".into(), MORNING).unwrap();
        }
        open(here.path()).append(whole_slot(MORNING + minutes(90)), &SlotChange::Nothing).unwrap();
        live(here.path(), 120);
        let known = gaps(here.path());
        assert!(known.iter().all(|gap| gap.contains("lost_rows")), "{known:?}");
        assert_eq!(known.len(), 1);
        assert!(verify(here.path(), &[], None).unwrap().ok());
    }
}
