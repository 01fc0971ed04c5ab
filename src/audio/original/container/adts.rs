//! AAC in ADTS, frame by frame, without decoding. Its container says no length: only its frames show what is missing.

use super::mpeg::{Header, Survey, survey_of};

const RATES: [u32; 13] = [96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000, 7_350];

fn header(bytes: &[u8]) -> Option<Header> {
    let head = bytes.get(..7)?;
    let rate = RATES.get(usize::from(head[2] >> 2 & 15))?;
    let length = usize::from(head[3] & 3) << 11 | usize::from(head[4]) << 3 | usize::from(head[5] >> 5);
    if head[0] != 0xff || head[1] & 0xf6 != 0xf0 || length < 7 {
        return None;
    }
    let kind = u32::from_be_bytes([head[0], head[1], head[2] & 0xfd, head[3] & 0xc0]);
    Some(Header { kind, rate: *rate, samples: 1024 * (u32::from(head[6] & 3) + 1), bytes: length, tag_at: 0 })
}

/// Looks through a whole file.
pub fn survey(bytes: &[u8]) -> Survey {
    survey_of(bytes, header)
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;

    /// `count` frames of 1024 samples at 44.1 kHz: 200 bytes, 23 ms each.
    fn frames(count: usize) -> Vec<u8> {
        let frame = [[0xff, 0xf1, 0x50, 0x40, 25, 0x1f, 0xfc].as_slice(), &[0; 193]].concat();
        frame.repeat(count)
    }

    #[test]
    fn a_cut_and_a_loss_show_in_the_frames() {
        let whole = frames(100);
        assert_eq!(survey(&whole), Survey::default());
        assert!(survey(&whole[..whole.len() - 50]).cut_off);
        let damaged = [frames(50), vec![0x55; 2000], frames(40)].concat();
        let lost = survey(&damaged).lost;
        assert!((SignedDuration::from_millis(230)..SignedDuration::from_millis(260)).contains(&lost), "{lost}");
    }
}
