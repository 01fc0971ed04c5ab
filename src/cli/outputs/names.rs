//! ALSA's names of devices: which ones are the same, and which ones could be.

use crate::audio::output::Listed;

/// A name with its card and device, in whichever of ALSA's ways they are written: `hw:1,0` or `hw:CARD=1,DEV=0`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct AlsaName<'a> {
    way: &'a str,
    card: &'a str,
    device: &'a str,
}

fn parts(name: &str) -> Option<AlsaName<'_>> {
    let (way, rest) = name.split_once(':')?;
    let mut places = rest.split(',');
    let card = places.next()?;
    let device = places.next().unwrap_or("0");
    let card = card.strip_prefix("CARD=").unwrap_or(card);
    let device = device.strip_prefix("DEV=").unwrap_or(device);
    (!card.is_empty() && way != "wav").then_some(AlsaName { way, card, device })
}

/// Whether two names mean the same device in the same way.
pub fn are_one(a: &str, b: &str) -> bool {
    a == b || parts(a).is_some_and(|of_a| parts(b) == Some(of_a))
}

/// Whether what sounds through one of them could come out of the other: unless they surely are different, they could. `default` and
/// whatever a sound server or a user's settings name may lead anywhere.
pub fn could_be_one(a: &str, b: &str) -> bool {
    let nowhere = |name: &str| name == "null" || name.starts_with("wav:");
    if nowhere(a) || nowhere(b) {
        return false;
    }
    let (Some(a), Some(b)) = (parts(a), parts(b)) else { return true };
    let by_number = |card: &str| card.bytes().all(|byte| byte.is_ascii_digit());
    a.card == b.card || by_number(a.card) != by_number(b.card)
}

/// Whether the machine lists it.
pub fn is_listed(name: &str, listed: &[Listed]) -> bool {
    matches!(name, "default" | "null") || name.starts_with("wav:") || listed.iter().any(|device| are_one(name, &device.name))
}

/// Of a card's many names the two that a plan would use: with ALSA's conversions, or as the hardware is.
pub fn is_usual(name: &str) -> bool {
    let by_name = |card: &str| card.bytes().any(|byte| !byte.is_ascii_digit());
    parts(name).is_some_and(|parts| matches!(parts.way, "plughw" | "hw") && by_name(parts.card))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_device_is_known_in_either_way_of_writing() {
        assert!(are_one("hw:1,0", "hw:CARD=1,DEV=0") && are_one("plughw:Device", "plughw:CARD=Device,DEV=0"));
        assert!(!are_one("hw:1,0", "plughw:1,0") && !are_one("hw:1,0", "hw:1,1") && !are_one("default", "pulse"));
    }

    #[test]
    fn only_what_surely_is_another_card_is_safe_to_sound_through() {
        let cases = [
            ("default", "default", true),
            ("default", "hw:1,0", true),
            ("pulse", "default", true),
            ("hw:1,0", "plughw:1,0", true),
            ("hw:1,0", "hw:1,1", true),
            ("hw:1,0", "hw:2,0", false),
            ("hw:CARD=Device,DEV=0", "plughw:CARD=PCH,DEV=0", false),
            ("hw:1,0", "hw:CARD=Device,DEV=0", true),
            ("null", "null", false),
            ("wav:/tmp/a", "default", false),
        ];
        for (a, b, could) in cases {
            assert_eq!((could_be_one(a, b), could_be_one(b, a)), (could, could), "{a} and {b}");
        }
    }

    #[test]
    fn a_cards_usual_names_are_those_that_survive_a_restart() {
        assert!(is_usual("plughw:CARD=Device,DEV=0") && is_usual("hw:CARD=Device,DEV=0"));
        // Numbers of cards change with the order in which they are found.
        assert!(!is_usual("hw:CARD=0,DEV=0") && !is_usual("front:CARD=Device,DEV=0") && !is_usual("pulse"));
    }
}
