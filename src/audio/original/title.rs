//! The title that a recording has in itself, in whatever form its container keeps one.

use std::fs::File;
use std::io::{Seek, SeekFrom};
use std::panic::{AssertUnwindSafe, catch_unwind};

use symphonia::core::formats::FormatOptions;
use symphonia::core::formats::probe::Hint;
use symphonia::core::io::{MediaSourceStream, MediaSourceStreamOptions};
use symphonia::core::meta::{MetadataOptions, MetadataRevision, StandardTag};
use symphonia::default::get_probe;

/// More characters are no title.
const LONGEST: usize = 500;

/// The title of an open file as it stands there, unchecked; `None` when it has none.
pub fn title(file: &File) -> Option<String> {
    let mut file = file.try_clone().ok()?;
    file.seek(SeekFrom::Start(0)).ok()?;
    // What a tag holds nobody has checked: a reader that gives up costs the title and nothing else.
    catch_unwind(AssertUnwindSafe(|| tagged(file))).ok().flatten().map(|title| title.chars().take(LONGEST).collect())
}

fn tagged(file: File) -> Option<String> {
    let stream = MediaSourceStream::new(Box::new(file), MediaSourceStreamOptions::default());
    let mut format = get_probe().probe(&Hint::new(), stream, FormatOptions::default(), MetadataOptions::default()).ok()?;
    let mut metadata = format.metadata();
    // The newest comes last.
    metadata.skip_to_latest().and_then(title_in)
}

fn title_in(revision: &MetadataRevision) -> Option<String> {
    let tracks = revision.per_track.iter().flat_map(|track| &track.metadata.tags);
    let title = |tag: &symphonia::core::meta::Tag| match &tag.std {
        Some(StandardTag::TrackTitle(title)) => Some(title.to_string()),
        _ => None,
    };
    revision.media.tags.iter().chain(tracks).find_map(title)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    /// An MP3 file behind an ID3v2.4 tag with this title, in UTF-8.
    fn titled(title: &str) -> File {
        let mut frame = b"TIT2".to_vec();
        let synchsafe =
            |length: usize| [length >> 21 & 0x7f, length >> 14 & 0x7f, length >> 7 & 0x7f, length & 0x7f].map(|byte| byte as u8);
        frame.extend(synchsafe(title.len() + 1));
        frame.extend([0, 0, 3]);
        frame.extend(title.as_bytes());
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(b"ID3\x04\0\0").unwrap();
        file.write_all(&synchsafe(frame.len())).unwrap();
        file.write_all(&frame).unwrap();
        let sound = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/recordings/untagged.mp3")).unwrap();
        file.write_all(&sound).unwrap();
        file
    }

    #[test]
    fn a_title_is_told_as_it_stands() {
        assert_eq!(title(&titled("Tiêm chủng mở rộng")).as_deref(), Some("Tiêm chủng mở rộng"));
        assert_eq!(title(&titled(&"a".repeat(900))).unwrap().len(), LONGEST);
    }

    #[test]
    fn what_has_no_title_or_is_no_recording_has_none() {
        let sound = File::open(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/recordings/untagged.mp3")).unwrap();
        assert_eq!(title(&sound), None);
        let mut torn = tempfile::tempfile().unwrap();
        torn.write_all(b"ID3\x04\0\0\x7f\x7f\x7f\x7fTIT2\x7f\x7f\x7f\x7f\0\0\x03abc").unwrap();
        assert_eq!(title(&torn), None);
        assert_eq!(title(&tempfile::tempfile().unwrap()), None);
    }
}
