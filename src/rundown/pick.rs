//! Choosing from pools: least recently aired first, not in two consecutive broadcasts while there is another choice, never the same
//! item twice in a programme.
//!
//! The first two rules yield before silence, and so does the order in which picks choose: where a later pick would find its pool
//! used up by an earlier one that has another choice, the earlier one gives way. The last rule never yields.

use std::collections::BTreeSet;

use jiff::SignedDuration;

use crate::terms::Wall;

/// How an item stands: whether the broadcast before had it, and when it last aired. The lesser goes first.
pub type PickOrder = (bool, Option<Wall>);

/// One item, or none, for each pool, in order. Items are indices in the order of the plan, the last rank among equals; `standing`
/// gives `None` for what cannot sound, and `taken` is what the programme has already.
pub fn choose(pools: &[&[usize]], taken: &[usize], standing: impl Fn(usize) -> Option<PickOrder>) -> Vec<Option<usize>> {
    let mut ranked: Vec<Vec<usize>> = Vec::with_capacity(pools.len());
    for (place, pool) in pools.iter().enumerate() {
        // `pick = 2` asks the same pool twice.
        if place > 0 && std::ptr::eq(*pool, pools[place - 1]) {
            ranked.push(ranked[place - 1].clone());
        } else {
            ranked.push(rank(pool, taken, &standing));
        }
    }
    let mut chosen: Vec<Option<usize>> = Vec::with_capacity(pools.len());
    for place in 0..pools.len() {
        let free = ranked[place].iter().find(|item| !chosen.contains(&Some(**item))).copied();
        chosen.push(free);
        if free.is_none() {
            give_way(place, &ranked, &mut chosen, &mut BTreeSet::new());
        }
    }
    chosen
}

/// What fills a programme up: more items of its pools, in turn and by rank, as long as each brings it nearer to `wanted`. By pool; `so_far` is how
/// long it is without them, `taken` what it has already, `length` what an item would add.
pub fn fill(
    pools: &[&[usize]],
    taken: &[usize],
    standing: impl Fn(usize) -> Option<PickOrder>,
    length: impl Fn(usize) -> SignedDuration,
    (mut so_far, wanted): (SignedDuration, SignedDuration),
) -> Vec<Vec<usize>> {
    let mut ranked: Vec<Vec<usize>> = pools.iter().map(|pool| rank(pool, taken, &standing)).collect();
    let mut more = vec![Vec::new(); pools.len()];
    loop {
        let before = so_far;
        for place in 0..pools.len() {
            let nearer =
                |item: &usize| so_far.saturating_add(length(*item)).saturating_sub(wanted) < wanted.saturating_sub(so_far);
            let Some(item) = ranked[place].iter().find(|item| nearer(item)).copied() else { continue };
            so_far = so_far.saturating_add(length(item));
            more[place].push(item);
            // Two picks may share a pool, or parts of it.
            ranked.iter_mut().for_each(|ranked| ranked.retain(|other| *other != item));
        }
        if so_far == before {
            return more;
        }
    }
}

fn rank(pool: &[usize], taken: &[usize], standing: impl Fn(usize) -> Option<PickOrder>) -> Vec<usize> {
    let free = pool.iter().filter(|item| !taken.contains(item));
    let mut ranked: Vec<(PickOrder, usize)> = free.filter_map(|item| Some((standing(*item)?, *item))).collect();
    ranked.sort_unstable();
    ranked.into_iter().map(|(_, item)| item).collect()
}

/// Finds an item for `place` by letting those that chose before it choose again (an augmenting path). Whether it found one.
fn give_way(place: usize, ranked: &[Vec<usize>], chosen: &mut [Option<usize>], tried: &mut BTreeSet<usize>) -> bool {
    for item in &ranked[place] {
        if !tried.insert(*item) {
            continue;
        }
        let holder = chosen.iter().position(|other| *other == Some(*item));
        if holder.is_none_or(|holder| give_way(holder, ranked, chosen, tried)) {
            chosen[place] = Some(*item);
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All can sound; `aired` has the last airing by item, `before` what the broadcast before had.
    fn pick(pools: &[&[usize]], taken: &[usize], aired: &[i64], before: &[usize]) -> Vec<Option<usize>> {
        choose(pools, taken, |item| Some((before.contains(&item), aired.get(item).filter(|at| **at > 0).map(|at| Wall(*at)))))
    }

    #[test]
    fn the_least_recently_aired_goes_first_and_never_aired_before_all() {
        assert_eq!(pick(&[&[0, 1, 2]], &[], &[30, 10, 20], &[]), [Some(1)]);
        assert_eq!(pick(&[&[0, 1, 2]], &[], &[30, 10, 0], &[]), [Some(2)]);
        assert_eq!(pick(&[&[0, 1, 2]], &[], &[0, 0, 0], &[]), [Some(0)], "ties by place in the plan");
    }

    #[test]
    fn an_item_of_the_broadcast_before_waits_while_there_is_another_choice() {
        assert_eq!(pick(&[&[0, 1]], &[], &[10, 20], &[0]), [Some(1)]);
        assert_eq!(pick(&[&[0, 1]], &[], &[10, 20], &[0, 1]), [Some(0)], "it yields before silence");
    }

    #[test]
    fn no_item_comes_twice_even_before_silence() {
        let pool: &[usize] = &[0, 1];
        assert_eq!(pick(&[pool, pool, pool], &[], &[0, 0], &[]), [Some(0), Some(1), None]);
        assert_eq!(pick(&[&[0, 1], &[0]], &[1], &[0, 0], &[]), [Some(0), None], "the programme's own items count too");
    }

    #[test]
    fn what_cannot_sound_is_not_picked() {
        assert_eq!(choose(&[&[0, 1]], &[], |item| (item == 1).then_some((false, None))), [Some(1)]);
        assert_eq!(choose(&[&[0, 1]], &[], |_| None), [None]);
    }

    #[test]
    fn an_earlier_pick_gives_way_before_a_later_one_stays_silent() {
        assert_eq!(pick(&[&[0, 1], &[0]], &[], &[0, 0], &[]), [Some(1), Some(0)]);
        assert_eq!(pick(&[&[0, 1], &[1, 2], &[0]], &[], &[0, 0, 0], &[]), [Some(1), Some(2), Some(0)]);
        assert_eq!(pick(&[&[0], &[0]], &[], &[0], &[]), [Some(0), None], "where no other way is, the earlier keeps it");
    }
}
