//! Choosing from pools: not in two consecutive broadcasts while there is another choice, then by what is wanted most ([`super::steer`]), then
//! the least recently aired first; never the same item twice in a programme.
//!
//! All but the last yield before silence, and so does the order in which picks choose: where a later pick would find its pool
//! used up by an earlier one that has another choice, the earlier one gives way. The last rule never yields.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use jiff::SignedDuration;

use crate::terms::Wall;

/// How an item stands: whether the broadcast before had it, and when it last aired. The lesser goes first.
pub type PickOrder = (bool, Option<Wall>);

/// How much an item is wanted: by the need of its topic, then by what its language has had already. The lesser goes first.
pub type PickLead = (Reverse<i64>, i64);

/// One item, or none, for each pool, in order. Items are indices in the order of the plan, the last rank among equals; `standing`
/// gives `None` for what cannot sound, `lead` is asked with what is chosen so far, and `taken` is what the programme has already.
pub fn choose(
    pools: &[&[usize]],
    taken: &[usize],
    standing: impl Fn(usize) -> Option<PickOrder>,
    lead: impl Fn(usize, &[Option<usize>]) -> PickLead,
) -> Vec<Option<usize>> {
    let mut ranked: Vec<Vec<(PickOrder, usize)>> = Vec::with_capacity(pools.len());
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
        let free = ranked[place].iter().filter(|(_, item)| !chosen.contains(&Some(*item)));
        // The first among equals, which is the least recently aired.
        let best = free.min_by_key(|((before, _), item)| (*before, lead(*item, &chosen))).map(|(_, item)| *item);
        chosen.push(best);
        if best.is_none() {
            give_way(place, &ranked, &mut chosen, &mut BTreeSet::new());
        }
    }
    chosen
}

/// What fills a programme up: more items of its pools, in turn and as [`choose`] would, as long as each brings it nearer to `wanted`. By pool;
/// `so_far` is how long it is without them, `taken` what it has already, `picked` what its picks are, `length` what an item would add.
pub fn fill(
    pools: &[&[usize]],
    taken: &[usize],
    mut picked: Vec<Option<usize>>,
    standing: impl Fn(usize) -> Option<PickOrder>,
    lead: impl Fn(usize, &[Option<usize>]) -> PickLead,
    length: impl Fn(usize) -> SignedDuration,
    (mut so_far, wanted): (SignedDuration, SignedDuration),
) -> Vec<Vec<usize>> {
    let mut ranked: Vec<Vec<(PickOrder, usize)>> = pools.iter().map(|pool| rank(pool, taken, &standing)).collect();
    let mut more = vec![Vec::new(); pools.len()];
    loop {
        let before = so_far;
        for place in 0..pools.len() {
            let nearer = |item: usize| so_far.saturating_add(length(item)).saturating_sub(wanted) < wanted.saturating_sub(so_far);
            let near = ranked[place].iter().filter(|(_, item)| nearer(*item));
            let best = near.min_by_key(|((before, _), item)| (*before, lead(*item, &picked)));
            let Some(item) = best.map(|(_, item)| *item) else { continue };
            so_far = so_far.saturating_add(length(item));
            more[place].push(item);
            picked.push(Some(item));
            // Two picks may share a pool, or parts of it.
            ranked.iter_mut().for_each(|ranked| ranked.retain(|(_, other)| *other != item));
        }
        if so_far == before {
            return more;
        }
    }
}

fn rank(pool: &[usize], taken: &[usize], standing: impl Fn(usize) -> Option<PickOrder>) -> Vec<(PickOrder, usize)> {
    let free = pool.iter().filter(|item| !taken.contains(item));
    let mut ranked: Vec<(PickOrder, usize)> = free.filter_map(|item| Some((standing(*item)?, *item))).collect();
    ranked.sort_unstable();
    ranked
}

/// Finds an item for `place` by letting those that chose before it choose again (an augmenting path). Whether it found one.
fn give_way(place: usize, ranked: &[Vec<(PickOrder, usize)>], chosen: &mut [Option<usize>], tried: &mut BTreeSet<usize>) -> bool {
    for (_, item) in &ranked[place] {
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
        let standing = |item| Some((before.contains(&item), aired.get(item).filter(|at| **at > 0).map(|at| Wall(*at))));
        choose(pools, taken, standing, nobody_leads)
    }

    fn nobody_leads(_: usize, _: &[Option<usize>]) -> PickLead {
        (Reverse(0), 0)
    }

    #[test]
    fn what_is_wanted_most_goes_before_the_least_recently_aired_and_is_asked_anew_for_each_pick() {
        let pool: &[usize] = &[0, 1, 2, 3];
        // 2 and 3 are of a topic that lacks one airing.
        let lead = |item: usize, chosen: &[Option<usize>]| {
            let lacks = item >= 2 && !chosen.iter().flatten().any(|item| *item >= 2);
            (Reverse(i64::from(lacks)), 0)
        };
        let aired = |item: usize| Some((false, Some(Wall(item as i64))));
        assert_eq!(choose(&[pool, pool], &[], aired, lead), [Some(2), Some(0)]);
        let before = |item: usize| Some((item == 2, Some(Wall(item as i64))));
        assert_eq!(choose(&[pool], &[], before, lead), [Some(3)]);
        let only = |item: usize| Some((item >= 2, Some(Wall(item as i64))));
        assert_eq!(choose(&[pool], &[], only, lead), [Some(0)], "the broadcast before had all of that topic");
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
        assert_eq!(choose(&[&[0, 1]], &[], |item| (item == 1).then_some((false, None)), nobody_leads), [Some(1)]);
        assert_eq!(choose(&[&[0, 1]], &[], |_| None, nobody_leads), [None]);
    }

    #[test]
    fn an_earlier_pick_gives_way_before_a_later_one_stays_silent() {
        assert_eq!(pick(&[&[0, 1], &[0]], &[], &[0, 0], &[]), [Some(1), Some(0)]);
        assert_eq!(pick(&[&[0, 1], &[1, 2], &[0]], &[], &[0, 0, 0], &[]), [Some(1), Some(2), Some(0)]);
        assert_eq!(pick(&[&[0], &[0]], &[], &[0], &[]), [Some(0), None], "where no other way is, the earlier keeps it");
    }
}
