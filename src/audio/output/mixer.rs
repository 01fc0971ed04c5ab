//! Whether a sound card's mixer keeps it silent: its controls are looked at, no sound is opened.

use alsa::mixer::{Mixer, Selem, SelemChannelId};

/// Controls through which all sound of a card goes, one after the other,
const IN_SERIES: [&str; 3] = ["Master", "PCM", "Digital"];
/// and those of its sockets, side by side.
const SIDE_BY_SIDE: [&str; 6] = ["Speaker", "Headphone", "Front", "Line Out", "Lineout", "HDMI"];

/// What a control says.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Control {
    name: String,
    /// Its switch is off, or its volume is at the very bottom.
    silent: bool,
}

/// The controls that keep a device silent; `None` where it sounds, or where nobody knows: it has no mixer, or none of its own.
pub fn muted(device: &str) -> Option<Vec<String>> {
    super::device::hush();
    let mixer = Mixer::new(&card(device)?, false).ok()?;
    silent(&mixer.iter().filter_map(Selem::new).filter_map(|element| control(&element)).collect::<Vec<_>>())
}

/// The card of a device as its mixer is called: `hw:CARD=Device,DEV=0` and `plughw:Device` have that of `hw:Device`.
fn card(device: &str) -> Option<String> {
    if device == "default" {
        return Some(device.to_owned());
    }
    let (_, arguments) = device.split_once(':')?;
    let first = arguments.split(',').next().unwrap_or_default();
    let card = first.strip_prefix("CARD=").unwrap_or(first);
    (!card.is_empty() && !card.contains('\0')).then(|| format!("hw:{card}"))
}

fn control(element: &Selem<'_>) -> Option<Control> {
    let name = element.get_id().get_name().ok()?.to_owned();
    let channels = || SelemChannelId::all().iter().filter(|channel| element.has_playback_channel(**channel));
    let is_off = element.has_playback_switch() && channels().all(|channel| element.get_playback_switch(*channel) == Ok(0));
    let (least, most) = element.get_playback_volume_range();
    let at_bottom = || channels().all(|channel| element.get_playback_volume(*channel) == Ok(least));
    let is_down = element.has_playback_volume() && least < most && at_bottom();
    let plays = element.has_playback_switch() || element.has_playback_volume();
    plays.then_some(Control { name, silent: is_off || is_down })
}

fn silent(controls: &[Control]) -> Option<Vec<String>> {
    let named = |names: &[&str]| controls.iter().filter(|control| names.contains(&control.name.as_str())).collect::<Vec<_>>();
    let series: Vec<&Control> = named(&IN_SERIES).into_iter().filter(|control| control.silent).collect();
    let sockets = named(&SIDE_BY_SIDE);
    let all_sockets = sockets.iter().all(|control| control.silent);
    let found = if series.is_empty() && all_sockets { sockets } else { series };
    (!found.is_empty()).then(|| found.iter().map(|control| control.name.clone()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mixer_belongs_to_the_card_of_a_device() {
        for (device, is) in [
            ("default", Some("default")),
            ("hw:CARD=Device,DEV=0", Some("hw:Device")),
            ("plughw:1,0", Some("hw:1")),
            ("sysdefault:CARD=Headphones", Some("hw:Headphones")),
            ("hw:", None),
            ("loudspeakers", None),
        ] {
            assert_eq!(card(device).as_deref(), is, "{device}");
        }
        assert_eq!(muted("hw:CARD=nobody,DEV=7"), None, "there is no such card");
    }

    #[test]
    fn a_card_is_muted_by_any_control_in_series_or_by_all_of_its_sockets() {
        let of = |controls: &[(&str, bool)]| {
            silent(
                &controls.iter().map(|(name, silent)| Control { name: (*name).to_owned(), silent: *silent }).collect::<Vec<_>>(),
            )
        };
        let said = |names: &[&str]| Some(names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>());
        assert_eq!(of(&[("Master", false), ("Headphone", true), ("Speaker", false), ("Mic Boost", true)]), None);
        assert_eq!(of(&[("Master", true), ("Speaker", false)]), said(&["Master"]));
        assert_eq!(of(&[("PCM", false), ("Headphone", true), ("Speaker", true)]), said(&["Headphone", "Speaker"]));
        assert_eq!((of(&[]), of(&[("Capture", true)])), (None, None));
    }
}
