//! What is found out about recordings, and what hostile ones can do: nothing.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use loaxa::audio::original::Original;
use loaxa::audio::original::opus::pages::Pages;
use loaxa::audio::preflight::{self, Programs, scan};
use loaxa::audio::source::{Source, SourceError};
use loaxa::library::store::LibraryStore;
use loaxa::library::{Damage, Flaw, Recording, Unfit};
use loaxa::terms::*;

/// A folder of recordings and a data folder, for one test.
struct Station {
    place: tempfile::TempDir,
    store: LibraryStore,
}

impl Station {
    fn new() -> Station {
        let place = tempfile::tempdir().unwrap();
        fs::create_dir(place.path().join("audio")).unwrap();
        let store = LibraryStore::keeping(&place.path().join("data")).unwrap();
        Station { place, store }
    }

    fn audio(&self) -> PathBuf {
        self.place.path().join("audio")
    }

    fn data(&self) -> PathBuf {
        self.place.path().join("data")
    }

    fn with(self, name: &str, bytes: &[u8]) -> Station {
        fs::write(self.audio().join(name), bytes).unwrap();
        self
    }

    fn scan(&self, name: &str) -> Result<Recording, Unfit> {
        let mut library = scan(&self.audio(), &[("it".into(), name.into())], &self.store, &alone(env!("CARGO_BIN_EXE_loaxa")));
        library.items.remove(&ItemId::from("it")).unwrap()
    }

    fn stored(&self) -> Vec<String> {
        let mut names: Vec<_> = fs::read_dir(self.data().join("recordings"))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }
}

/// Our own program, or what stands in for it, without ffmpeg.
fn alone(own: impl Into<PathBuf>) -> Programs {
    Programs { own: own.into(), ffmpeg: None }
}

fn scan_bytes(name: &str, bytes: &[u8]) -> Result<Recording, Unfit> {
    Station::new().with(name, bytes).scan(name)
}

fn fixture(name: &str) -> Vec<u8> {
    fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recordings").join(name)).unwrap()
}

/// A WAV file of 16-bit samples.
fn wav(rate: u32, channels: u16, samples: &[i16]) -> Vec<u8> {
    let bytes: Vec<u8> = samples.iter().flat_map(|s| s.to_le_bytes()).collect();
    wav_of(rate, channels, 16, &bytes)
}

fn wav_of(rate: u32, channels: u16, bits: u16, bytes: &[u8]) -> Vec<u8> {
    let align = channels * bits / 8;
    let mut file = b"RIFF".to_vec();
    file.extend((36 + bytes.len() as u32).to_le_bytes());
    file.extend(b"WAVEfmt \x10\0\0\0\x01\0");
    file.extend(channels.to_le_bytes());
    file.extend(rate.to_le_bytes());
    file.extend((rate * u32::from(align)).to_le_bytes());
    file.extend(align.to_le_bytes());
    file.extend(bits.to_le_bytes());
    file.extend(b"data");
    file.extend((bytes.len() as u32).to_le_bytes());
    file.extend(bytes);
    file
}

/// Interleaved frames of one sine on all channels: `dbfs` is the peak.
fn sine(rate: u32, channels: u16, hertz: f64, seconds: f64, dbfs: f64) -> Vec<i16> {
    let peak = 32767.0 * 10f64.powf(dbfs / 20.0);
    (0..(f64::from(rate) * seconds).round() as u32)
        .map(|n| (peak * (f64::from(n) * hertz * std::f64::consts::TAU / f64::from(rate)).sin()).round() as i16)
        .flat_map(|sample| std::iter::repeat_n(sample, usize::from(channels)))
        .collect()
}

fn noise(bytes: usize, seed: u64) -> Vec<u8> {
    let mut state = seed;
    std::iter::repeat_with(|| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as u8
    })
    .take(bytes)
    .collect()
}

fn near(what: f32, wanted: f32, by: f32) {
    assert!((what - wanted).abs() <= by, "{what} is not within {by} of {wanted}");
}

#[test]
fn one_channel_is_raised_as_both_of_a_pair_will_sound() {
    let samples = sine(48_000, 1, 1000.0, 2.0, -23.0);
    let mono = scan_bytes("mono.wav", &wav(48_000, 1, &samples)).unwrap();
    let stereo = scan_bytes("stereo.wav", &wav(48_000, 2, &sine(48_000, 2, 1000.0, 2.0, -23.0))).unwrap();
    near(mono.loudness_lufs.unwrap(), -26.0, 0.1);
    near(mono.gain_db(), stereo.gain_db(), 0.05);
    near(mono.level_lufs().unwrap(), -18.0, 0.05);
}

#[test]
fn every_rate_and_depth_is_measured_alike() {
    for rate in [8_000, 11_025, 16_000, 22_050, 32_000, 44_100, 48_000, 88_200, 96_000, 192_000] {
        let recording = scan_bytes("it.wav", &wav(rate, 2, &sine(rate, 2, 1000.0, 1.0, -20.0))).unwrap();
        assert_eq!(recording.frames, Frames { count: 48_000, rate: 48_000 });
        near(recording.loudness_lufs.unwrap(), -20.0, 0.2);
    }
    let deep: Vec<u8> =
        sine(48_000, 1, 1000.0, 1.0, -20.0).iter().flat_map(|s| (i32::from(*s) << 8).to_le_bytes()[..3].to_vec()).collect();
    let recording = scan_bytes("deep.wav", &wav_of(48_000, 1, 24, &deep)).unwrap();
    near(recording.loudness_lufs.unwrap(), -23.0, 0.1);
    let narrow: Vec<u8> = sine(8_000, 1, 1000.0, 1.0, -6.0).iter().map(|s| ((s >> 8) + 128) as u8).collect();
    near(scan_bytes("narrow.wav", &wav_of(8_000, 1, 8, &narrow)).unwrap().loudness_lufs.unwrap(), -9.0, 0.2);
}

#[test]
fn five_channels_and_the_low_one_are_measured_as_the_pair_that_is_aired() {
    // All of it in front left: the mix brings that down by the sum of its gains.
    let left = sine(48_000, 1, 1000.0, 2.0, -20.0);
    let samples: Vec<i16> = left.iter().flat_map(|s| [*s, 0, 0, 0, 0, 0]).collect();
    let recording = scan_bytes("surround.wav", &wav(48_000, 6, &samples)).unwrap();
    assert_eq!(recording.channels, 2);
    near(recording.loudness_lufs.unwrap(), -23.0 - 20.0 * (1.0 + std::f32::consts::SQRT_2).log10(), 0.1);
}

#[test]
fn each_format_is_known_by_its_content_whatever_it_is_called() {
    for (name, format, seconds) in [
        ("tone.mp3", "mp3", 0.5),
        ("tone.flac", "flac", 0.5),
        ("tone.ogg", "ogg", 0.5),
        ("tone.oga", "ogg", 0.5),
        ("tone.opus", "opus", 0.5),
        ("tone.m4a", "m4a", 0.5),
        ("tone.aac", "aac", 0.534),
    ] {
        let recording = scan_bytes("wrong-name.txt", &fixture(name)).unwrap();
        assert_eq!(recording.format, format);
        near(recording.length().as_secs_f32(), seconds, 0.002);
        near(recording.loudness_lufs.unwrap(), -27.1, 0.5);
        assert_eq!(recording.flaws, [], "{name}");
    }
}

#[test]
fn encoder_delay_and_padding_are_left_out() {
    for name in ["tone.mp3", "tone.flac", "tone.m4a", "tone.ogg", "tone.oga"] {
        assert_eq!(scan_bytes(name, &fixture(name)).unwrap().frames.count, 24_000, "{name}");
    }
}

#[test]
fn what_cannot_be_played_is_refused_by_name() {
    let amr = [b"#!AMR\n".as_slice(), &noise(500, 1)].concat();
    let track = |handler: &[u8; 4], coding: &[u8; 4]| {
        let hdlr = boxed(b"hdlr", &[[0; 8].as_slice(), handler, &[0; 13]].concat());
        let stsd = boxed(b"stsd", &[b"\0\0\0\0\0\0\0\x01\0\0\0\x10".as_slice(), coding, &[0; 8]].concat());
        boxed(b"trak", &boxed(b"mdia", &[hdlr, boxed(b"minf", &boxed(b"stbl", &stsd))].concat()))
    };
    // The boxes that tell come last, behind the sound.
    let mp4 = |tracks: &[Vec<u8>]| {
        [boxed(b"ftyp", b"3gp4\0\0\0\0"), boxed(b"mdat", &noise(100_000, 1)), boxed(b"moov", &tracks.concat())].concat()
    };
    let threegp = mp4(&[track(b"soun", b"samr")]);
    let video = mp4(&[track(b"vide", b"avc1"), track(b"soun", b"mp4a")]);
    let wma = [b"\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9\0\xaa\0\x62\xce\x6c".as_slice(), &noise(500, 1)].concat();
    for (bytes, format) in [
        (amr, "AMR"),
        (threegp, "AMR (3GP)"),
        (video, "video MP4"),
        (mp4(&[track(b"soun", b"alac")]), "Apple Lossless"),
        (mp4(&[track(b"soun", b"Opus")]), "Opus in MP4"),
        (wma, "WMA"),
        ("Thưa bà con. Đây là bản tin sáng.\n".as_bytes().to_vec(), "text"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec(), "PNG"),
        ([b"RIFF\x24\0\0\0WAVEfmt \x14\0\0\0\x11\0".as_slice(), &[0; 60]].concat(), "WAV ADPCM"),
    ] {
        assert_eq!(scan_bytes("it.mp3", &bytes), Err(Unfit::Format { format: format.to_owned() }));
    }
}

#[test]
fn headers_that_claim_gigabytes_harm_nobody() {
    for (name, bytes) in claims() {
        let station = Station::new().with(name, &bytes);
        let unfit = station.scan(name).unwrap_err();
        assert!(matches!(unfit, Unfit::TooMuch | Unfit::Undecodable { .. } | Unfit::Empty), "{name}: {unfit:?}");
        assert_eq!(station.stored(), [""; 0]);
    }
}

#[test]
fn what_says_that_it_is_longer_than_half_a_day_is_refused_unheard() {
    let mut flac = fixture("chirp.flac");
    // The last 36 bits of the eight bytes behind the sizes: how many samples.
    flac[21] |= 0x0f;
    let unfit = scan_bytes("it.flac", &flac).unwrap_err();
    assert!(matches!(unfit, Unfit::TooLong { declared_ms } if declared_ms > 12 * 3_600_000), "{unfit:?}");
    let (told, help) = loaxa::lang::audio::unfit(&unfit, "it.flac", loaxa::lang::Language::Vi);
    assert!(told.contains("12 giờ") && !help.is_empty(), "{told}");
}

fn boxed(kind: &[u8; 4], inner: &[u8]) -> Vec<u8> {
    [&(8 + inner.len() as u32).to_be_bytes(), kind.as_slice(), inner].concat()
}

/// Small files whose headers make a decoder ask for gigabytes, or for ever.
fn claims() -> Vec<(&'static str, Vec<u8>)> {
    let mut flac = b"fLaC\x00\x00\x00\x22\x10\x00\x10\x00\x00\x00\x00\x00\x00\x00\x0a\xc4\x42\xf0\x00\x00\x00\x00".to_vec();
    flac.extend([0; 16]);
    let tagged = [flac.as_slice(), b"\x84\0\0\x08\0\0\0\0\xff\xff\xff\xff"].concat();
    let picture = [flac.as_slice(), b"\x86\0\0\x08\0\0\0\x03\xff\xff\xff\xff"].concat();
    let seek_table = [flac.as_slice(), b"\x83\xff\xff\xff", &[0; 8]].concat();
    let table = boxed(b"stts", b"\0\0\0\0\xff\xff\xff\xff\0\0\0\0");
    let track = boxed(b"trak", &boxed(b"mdia", &boxed(b"minf", &boxed(b"stbl", &table))));
    let mp4 = [boxed(b"ftyp", b"M4A \0\0\0\0"), boxed(b"moov", &track)].concat();
    let sizes = boxed(b"stsz", b"\0\0\0\0\0\0\0\0\xff\xff\xff\xff");
    let track = boxed(b"trak", &boxed(b"mdia", &boxed(b"minf", &boxed(b"stbl", &sizes))));
    let mp4_sizes = [boxed(b"ftyp", b"M4A \0\0\0\0"), boxed(b"moov", &track)].concat();
    let mut mp4_huge = boxed(b"ftyp", b"M4A \0\0\0\0");
    mp4_huge.extend(b"\0\0\0\x01moov\xff\xff\xff\xff\xff\xff\xff\xf0");
    let wav_huge = [b"RIFF\xff\xff\xff\xffWAVEfmt \xff\xff\xff\x7f\x01\0\x02\0".as_slice(), &[0; 20]].concat();
    let id3 = [b"ID3\x04\0\0\x7f\x7f\x7f\x7fAPIC\x7f\x7f\x7f\x7f\0\0".as_slice(), &[0; 20]].concat();
    let mut ogg = b"OggS\0\x02\0\0\0\0\0\0\0\0\x01\0\0\0\0\0\0\0\0\0\0\0\x01\x1e\x01vorbis\0\0\0\0\xff\xff\xff\x7f".to_vec();
    ogg.extend([0; 40]);
    vec![
        ("tagged.flac", tagged),
        ("picture.flac", picture),
        ("seek.flac", seek_table),
        ("table.m4a", mp4),
        ("sizes.m4a", mp4_sizes),
        ("huge.m4a", mp4_huge),
        ("huge.wav", wav_huge),
        ("huge.mp3", id3),
        ("channels.ogg", ogg),
        ("noise.mp3", noise(200_000, 3)),
        ("noise.wav", [b"RIFF\x24\0\0\0WAVE".as_slice(), &noise(4000, 4)].concat()),
        ("noise.flac", [b"fLaC".as_slice(), &noise(4000, 5)].concat()),
        ("noise.m4a", [b"\0\0\0\x18ftypM4A ".as_slice(), &noise(4000, 6)].concat()),
        (
            "noise.ogg",
            [b"OggS\0\x02\0\0\0\0\0\0\0\0\x01\0\0\0\0\0\0\0\0\0\0\0\x01\x1e\x01vorbis".as_slice(), &noise(4000, 7)].concat(),
        ),
    ]
}

#[test]
fn what_cannot_be_decoded_says_how() {
    let m4a = fixture("long.m4a");
    for (name, bytes, damage) in [
        ("noise.mp3", noise(200_000, 3), Damage::Unknown),
        ("zeros.mp3", vec![0; 100_000], Damage::Unknown),
        ("surround.aac", fixture("surround.aac"), Damage::Variety),
        ("cut.m4a", m4a[..m4a.len() * 2 / 3].to_vec(), Damage::EndsEarly),
        ("cut.ogg", fixture("tone.ogg")[..200].to_vec(), Damage::EndsEarly),
    ] {
        assert_eq!(scan_bytes(name, &bytes), Err(Unfit::Undecodable { damage }), "{name}");
    }
}

#[test]
fn six_channels_of_opus_are_heard_as_they_were_coded() {
    let place = tempfile::NamedTempFile::new().unwrap();
    fs::write(place.path(), fixture("surround.opus")).unwrap();
    let mut source = Original::of(fs::File::open(place.path()).unwrap(), Some("opus")).unwrap();
    assert_eq!((source.channels(), source.rate()), (6, 48_000));
    let mut sound = vec![0.0; 6 * 48_000];
    let mut frames = 0;
    while let count @ 1.. = source.read(&mut sound[6 * frames..]).unwrap() {
        frames += count;
    }
    assert_eq!(frames, 19_200);
    // In the order of WAV files; the fourth is the low one, which the coder lets through below 120 Hz.
    for (channel, peak) in [0.5f32, 0.35, 0.25, 0.3, 0.18, 0.12].into_iter().enumerate() {
        let power: f32 = sound[6 * 4_800..6 * 14_400].chunks(6).map(|frame| frame[channel] * frame[channel]).sum();
        let heard = (power / 9_600.0).sqrt() * std::f32::consts::SQRT_2;
        near(20.0 * (heard / peak).log10(), 0.0, 0.5);
    }
}

#[test]
fn a_wav_file_whose_recorder_lost_its_power_is_heard_whole() {
    let mut bytes = wav(44_100, 1, &sine(44_100, 1, 440.0, 1.0, -10.0));
    bytes[4..8].fill(0);
    bytes[40..44].fill(0);
    let station = Station::new().with("unfinished.wav", &bytes);
    let recording = station.scan("unfinished.wav").unwrap();
    assert_eq!((recording.frames.count, &recording.flaws[..]), (48_000, [Flaw::CutOff].as_slice()));
    // The same on air.
    let mut source = Source::from_store(&station.store, &recording.hash).unwrap();
    assert_eq!(source.read(&mut vec![0.0; 100_000]).unwrap(), 48_000);
}

/// The kinds of file that carry pictures, each with one of five megabytes and the same half second of sound.
fn with_pictures() -> [(&'static str, Vec<u8>); 5] {
    let picture = noise(5 << 20, 11);
    let size = (picture.len() as u32).to_be_bytes();
    let safe = |size: u32| [size >> 21 & 127, size >> 14 & 127, size >> 7 & 127, size & 127].map(|byte| byte as u8);
    let apic = [b"\0image/png\0\x03\0".as_slice(), &picture].concat();
    let frame = [b"APIC".as_slice(), &(apic.len() as u32).to_be_bytes(), b"\0\0", &apic].concat();
    let mp3 = [b"ID3\x03\0\0".as_slice(), &safe(frame.len() as u32), &frame, &fixture("tone.mp3")].concat();

    let flac = fixture("tone.flac");
    let block = [b"\0\0\0\x03\0\0\0\0\0\0\0\0".as_slice(), &[0; 16], &size, &picture].concat();
    let block = |kind| [&[kind], &(block.len() as u32).to_be_bytes()[1..], &block].concat();
    // Behind the first block, which says what the stream is.
    let flac = [&flac[..42], &block(6), &flac[42..]].concat();

    let ogg = fixture("tone.ogg");
    let (serial, headers, begins) = pages(&ogg);
    // The third page of this file is the first that sounds.
    let text = [b"METADATA_BLOCK_PICTURE=".as_slice(), &vec![b'A'; 7 << 20]].concat();
    let comments = [b"\x03vorbis\0\0\0\0\x01\0\0\0".as_slice(), &(text.len() as u32).to_le_bytes(), &text, b"\x01"].concat();
    let ogg = [&ogg[..begins[1]], &written(serial, 1, &[&comments, &headers[1]]), &ogg[begins[2]..]].concat();

    let oga = fixture("tone.oga");
    let (serial, headers, begins) = pages(&oga);
    // Behind the comments, and the last of the blocks; the fourth page of this file is the first that sounds.
    let oga = [&oga[..begins[1]], &written(serial, 1, &[&headers[0], &block(0x86)]), &oga[begins[3]..]].concat();

    let m4a = fixture("tone.m4a");
    let at = m4a.windows(4).position(|four| four == b"moov").unwrap() - 4;
    let covr = boxed(b"covr", &boxed(b"data", &[b"\0\0\0\x0e\0\0\0\0".as_slice(), &picture].concat()));
    let handler = boxed(b"hdlr", b"\0\0\0\0\0\0\0\0mdirappl\0\0\0\0\0\0\0\0\0");
    let tags = boxed(b"udta", &boxed(b"meta", &[[0; 4].as_slice(), &handler, &boxed(b"ilst", &covr)].concat()));
    // It stands last, so that nothing is moved by what is added to it.
    let m4a = [&m4a[..at], &boxed(b"moov", &[&m4a[at + 8..], &tags].concat())].concat();
    [("mp3", mp3), ("flac", flac), ("ogg", ogg), ("ogg", oga), ("m4a", m4a)]
}

/// An Ogg file's serial, its second and third packet, and where its pages begin.
fn pages(ogg: &[u8]) -> (u32, Vec<Vec<u8>>, Vec<usize>) {
    let mut pages = Pages::new(ogg);
    let serial = pages.turn().unwrap().unwrap().serial;
    let headers = std::iter::from_fn(|| pages.turn().unwrap()).flat_map(|page| page.packets).take(2).collect();
    (serial, headers, ogg.windows(4).enumerate().filter(|(_, four)| *four == b"OggS").map(|(at, _)| at).collect())
}

/// Packets on pages of their own, which count from `sequence`; none of them sounds.
fn written(serial: u32, mut sequence: u32, packets: &[&[u8]]) -> Vec<u8> {
    let lacing = |packet: &&[u8]| [vec![255; packet.len() / 255], vec![(packet.len() % 255) as u8]].concat();
    let table: Vec<u8> = packets.iter().flat_map(lacing).collect();
    let sound = packets.concat();
    let (mut body, mut written, mut goes_on) = (sound.as_slice(), Vec::new(), false);
    for table in table.chunks(255) {
        let (own, rest) = body.split_at(table.iter().map(|size| usize::from(*size)).sum());
        let mut head = [0; 27];
        head[..5].copy_from_slice(b"OggS\0");
        head[5] = u8::from(goes_on);
        head[14..18].copy_from_slice(&serial.to_le_bytes());
        head[18..22].copy_from_slice(&sequence.to_le_bytes());
        head[26] = table.len() as u8;
        let page = [table, own].concat();
        let mut page = [head.as_slice(), &page].concat();
        let sum = page.iter().fold(0u32, |sum, byte| {
            (0..8).fold(sum ^ u32::from(*byte) << 24, |sum, _| if sum >> 31 == 1 { sum << 1 ^ 0x04c1_1db7 } else { sum << 1 })
        });
        page[22..26].copy_from_slice(&sum.to_le_bytes());
        written.extend(page);
        (body, goes_on, sequence) = (rest, table.last() == Some(&255), sequence.wrapping_add(1));
    }
    written
}

/// Large blocks are the system's own, as in the daemon: what was freed before does not hide what is taken.
#[allow(unsafe_code)]
fn give_large_blocks_back() {
    // SAFETY: `mallopt` only sets a parameter of the allocator.
    unsafe { libc::mallopt(libc::M_MMAP_THRESHOLD, 128 << 10) };
}

/// Memory of this process's own, in kB.
fn own_memory_kb() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

#[test]
fn a_picture_of_five_megabytes_costs_neither_sound_nor_memory() {
    give_large_blocks_back();
    for (kind, bytes) in with_pictures() {
        let station = Station::new().with("picture", &bytes);
        drop(bytes);
        let recording = station.scan("picture").unwrap_or_else(|unfit| panic!("{kind}: {unfit}"));
        assert_eq!((recording.format.as_str(), recording.frames.count, &recording.flaws[..]), (kind, 24_000, [].as_slice()));
        let mut block = vec![0.0; 4096];
        let before = own_memory_kb();
        let mut source = Source::from_store(&station.store, &recording.hash).unwrap();
        assert_eq!(source.read(&mut block).unwrap(), 4096);
        let taken = own_memory_kb().saturating_sub(before);
        assert!(taken < 2_000, "{kind}: {taken} kB");
    }
}

#[test]
fn an_empty_file_a_header_alone_and_one_sample_are_told_apart() {
    assert_eq!(scan_bytes("empty.wav", b""), Err(Unfit::Empty));
    assert_eq!(scan_bytes("header.wav", &wav(44_100, 1, &[])), Err(Unfit::Empty));
    let one = scan_bytes("one.wav", &wav(44_100, 1, &[12_000])).unwrap();
    assert_eq!((one.frames.count, one.loudness_lufs), (1, None));
    assert!(one.gain_db() <= 0.0);
}

#[test]
fn a_short_chime_has_a_loudness_of_its_own() {
    let chime = scan_bytes("chime.wav", &wav(48_000, 2, &sine(48_000, 2, 1000.0, 0.2, -10.0))).unwrap();
    near(chime.loudness_lufs.unwrap(), -10.0, 0.3);
}

#[test]
fn silence_is_reported_and_left_alone() {
    let silent = scan_bytes("silent.wav", &wav(44_100, 1, &[0; 44_100])).unwrap();
    assert_eq!(silent.flaws, [Flaw::Silent]);
    assert_eq!((silent.loudness_lufs, silent.true_peak_dbtp, silent.gain_db(), silent.level_lufs()), (None, None, 0.0, None));
}

#[test]
fn silence_at_both_ends_is_counted() {
    let samples = [vec![0; 22_050], sine(44_100, 1, 1000.0, 1.0, -10.0), vec![0; 11_025]].concat();
    let recording = scan_bytes("ends.wav", &wav(44_100, 1, &samples)).unwrap();
    near(recording.lead.as_secs_f32(), 0.5, 0.001);
    near(recording.tail.as_secs_f32(), 0.25, 0.001);
}

#[test]
fn a_loud_quiet_recording_is_not_raised_above_the_ceiling_nor_without_limit() {
    let mut samples = sine(48_000, 2, 1000.0, 2.0, -40.0);
    samples[4000] = 20_000;
    let clicked = scan_bytes("click.wav", &wav(48_000, 2, &samples)).unwrap();
    near(clicked.true_peak_dbtp.unwrap() + clicked.gain_db(), -1.2, 0.01);
    let faint = scan_bytes("faint.wav", &wav(48_000, 2, &sine(48_000, 2, 1000.0, 2.0, -62.0))).unwrap();
    assert_eq!(faint.gain_db(), 20.0);
}

#[test]
fn a_recording_that_was_cut_off_is_reported() {
    let whole = wav(44_100, 1, &sine(44_100, 1, 440.0, 3.0, -10.0));
    let cut = scan_bytes("cut.wav", &whole[..whole.len() / 2]).unwrap();
    assert!(matches!(cut.flaws[..], [Flaw::Short { declared_ms: 3000, decoded_ms: 1400..1600 }]), "{cut:?}");
    let ogg = fixture("long.ogg");
    assert_eq!(scan_bytes("cut.ogg", &ogg[..ogg.len() * 2 / 3]).unwrap().flaws, [Flaw::CutOff]);
    let m4a = fixture("long.m4a");
    assert!(scan_bytes("cut.m4a", &m4a[..m4a.len() * 2 / 3]) == Err(Unfit::Undecodable { damage: Damage::EndsEarly }));
    for name in ["long.mp3", "long.flac", "untagged.mp3", "tone.aac"] {
        let bytes = fixture(name);
        let cut = scan_bytes(name, &bytes[..bytes.len() * 2 / 3]).unwrap_or_else(|unfit| panic!("{name}: {unfit}"));
        let is_uncounted = ["untagged.mp3", "tone.aac"].contains(&name);
        // Without a count of its frames it only shows that the last one is not whole.
        let cut_off = matches!(cut.flaws[..], [Flaw::Short { .. }]) || is_uncounted && cut.flaws == [Flaw::CutOff];
        assert!(cut_off, "{name}: {cut:?}");
        assert_eq!(scan_bytes(name, &bytes).unwrap().flaws, [], "{name}");
    }
}

#[test]
fn garbage_inside_is_reported() {
    for name in ["long.mp3", "untagged.mp3", "long.flac", "long.ogg"] {
        let mut bytes = fixture(name);
        let third = bytes.len() / 3;
        bytes[third..2 * third].copy_from_slice(&noise(third, 9));
        match scan_bytes(name, &bytes) {
            Ok(recording) => assert!(!recording.flaws.is_empty(), "{name}: {recording:?}"),
            Err(unfit) => assert!(matches!(unfit, Unfit::Undecodable { .. }), "{name}: {unfit:?}"),
        }
    }
}

#[test]
fn one_block_that_is_lost_inside_is_reported_where_the_blocks_are_counted() {
    let bytes = fixture("long.flac");
    let half = bytes.len() / 2;
    let junk = noise(3_000, 13);
    let lost = scan_bytes("lost.flac", &[&bytes[..half], &junk, &bytes[half..]].concat()).unwrap();
    assert!(matches!(lost.flaws[..], [Flaw::Short { declared_ms: 3000, decoded_ms: 1.. }]), "{lost:?}");
    let m3 = fixture("untagged.mp3");
    let joined = [m3.as_slice(), b"ID3\x04\0\0\0\0\x07\x50", &[0x55; 0x3d0], &m3].concat();
    assert_eq!(scan_bytes("joined.mp3", &joined).unwrap().flaws, []);
}

#[test]
fn two_files_run_together_are_heard_whole() {
    let twice = [fixture("tone.mp3"), fixture("tone.mp3")].concat();
    near(scan_bytes("twice.mp3", &twice).unwrap().length().as_secs_f32(), 1.0, 0.1);
}

#[test]
fn a_path_that_leads_out_is_refused() {
    let station = Station::new().with("in.wav", &wav(44_100, 1, &sine(44_100, 1, 440.0, 0.5, -10.0)));
    let out = station.place.path().join("out.wav");
    fs::copy(station.audio().join("in.wav"), &out).unwrap();
    symlink(&out, station.audio().join("absolute.wav")).unwrap();
    symlink("../out.wav", station.audio().join("relative.wav")).unwrap();
    symlink("in.wav", station.audio().join("inside.wav")).unwrap();
    symlink(station.audio().join("in.wav"), station.audio().join("inside-absolute.wav")).unwrap();
    symlink("/dev/zero", station.audio().join("zero.wav")).unwrap();
    symlink("loop.wav", station.audio().join("loop.wav")).unwrap();
    symlink("..", station.audio().join("up")).unwrap();
    for name in ["absolute.wav", "relative.wav", "../out.wav", "x/../../out.wav", "up/out.wav", "zero.wav", "/etc/passwd", ""] {
        assert_eq!(station.scan(name), Err(Unfit::Outside), "{name}");
    }
    assert_eq!(station.scan("/dev/zero"), Err(Unfit::Outside));
    assert_eq!(station.scan("loop.wav"), Err(Unfit::NotAFile));
    assert!(station.scan("inside.wav").is_ok());
    assert!(station.scan("inside-absolute.wav").is_ok());
}

#[test]
fn what_is_no_regular_file_is_refused_without_waiting() {
    let station = Station::new();
    let fifo = station.audio().join("pipe.wav");
    rustix::fs::mkfifoat(rustix::fs::CWD, &fifo, rustix::fs::Mode::RWXU).unwrap();
    fs::create_dir(station.audio().join("folder.wav")).unwrap();
    let _socket = std::os::unix::net::UnixListener::bind(station.audio().join("socket.wav")).unwrap();
    for name in ["pipe.wav", "folder.wav", "socket.wav"] {
        assert_eq!(station.scan(name), Err(Unfit::NotAFile), "{name}");
    }
    assert_eq!(station.scan("nothing.wav"), Err(Unfit::Missing));
    assert_eq!(station.scan("no/such/folder.wav"), Err(Unfit::Missing));
    assert_eq!(station.scan(&"long".repeat(200)), Err(Unfit::Missing));
}

#[test]
fn a_file_that_may_not_be_read_says_so() {
    let station = Station::new().with("closed.wav", &wav(44_100, 1, &[0; 100]));
    fs::set_permissions(station.audio().join("closed.wav"), fs::Permissions::from_mode(0o0)).unwrap();
    // Root may read everything: then there is nothing to see here.
    if fs::File::open(station.audio().join("closed.wav")).is_err() {
        assert!(matches!(station.scan("closed.wav"), Err(Unfit::Unreadable { .. })));
    }
}

#[test]
fn a_name_in_the_other_unicode_form_is_found() {
    use unicode_normalization::UnicodeNormalization;
    let name = "Lịch phát.wav";
    let apart: String = name.nfd().collect();
    assert_ne!(name, apart);
    let station = Station::new().with(&apart, &wav(44_100, 1, &sine(44_100, 1, 440.0, 0.5, -10.0)));
    assert!(station.scan(name).is_ok());
}

#[test]
fn a_second_scan_starts_no_child() {
    let station = Station::new().with("it.wav", &wav(44_100, 1, &sine(44_100, 1, 440.0, 0.5, -10.0)));
    let first = station.scan("it.wav").unwrap();
    let items = [("it".into(), "it.wav".into())];
    let again = scan(&station.audio(), &items, &station.store, &alone("/no/such/program"));
    assert_eq!(again.items[&ItemId::from("it")], Ok(first));
}

#[test]
fn a_check_that_cannot_be_made_is_not_the_files_fault_and_not_for_ever() {
    let station = Station::new().with("it.wav", &wav(44_100, 1, &sine(44_100, 1, 440.0, 0.5, -10.0)));
    let items = [("it".into(), "it.wav".into())];
    let without = scan(&station.audio(), &items, &station.store, &alone("/no/such/program"));
    let unfit = without.items[&ItemId::from("it")].clone().unwrap_err();
    assert_eq!(unfit.reason(), Reason::Internal);
    assert!(station.scan("it.wav").is_ok());
}

#[test]
fn facts_from_before_horns_were_known_are_measured_again_once() {
    let station = Station::new().with("it.wav", &wav(44_100, 1, &sine(44_100, 1, 100.0, 0.5, -10.0)));
    let first = station.scan("it.wav").unwrap();
    assert!(first.horn.loudness_lufs.unwrap() < first.loudness_lufs.unwrap() - 10.0, "a horn gives no 100 Hz: {first:?}");
    let path = station.data().join("facts").join(format!("{}.json", first.hash));
    let mut kept: serde_json::Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    let version = kept["version"].as_str().unwrap().to_owned();
    let old = version.split_once(' ').map(|(_, program)| format!("4 {program}")).unwrap();
    assert!(version.as_str() > old.as_str());
    // As that version wrote it; and a loudness that only a new measure puts right.
    kept["version"] = old.into();
    let recording = kept["measured"]["Ok"].as_object_mut().unwrap();
    recording.remove("horn").unwrap();
    recording.insert("loudness_lufs".into(), (-1.0).into());
    fs::write(&path, kept.to_string()).unwrap();
    let store = LibraryStore::keeping(&station.data()).unwrap();
    let station = Station { store, ..station };
    assert_eq!(station.scan("it.wav"), Ok(first.clone()));
    let items = [("it".into(), "it.wav".into())];
    let again = scan(&station.audio(), &items, &station.store, &alone("/no/such/program"));
    assert_eq!(again.items[&ItemId::from("it")], Ok(first), "once");
}

#[test]
fn damaged_facts_are_measured_again() {
    let station = Station::new().with("it.wav", &wav(44_100, 1, &sine(44_100, 1, 440.0, 0.5, -10.0)));
    let first = station.scan("it.wav").unwrap();
    let facts = station.data().join("facts");
    for entry in fs::read_dir(&facts).unwrap() {
        let path = entry.unwrap().path();
        let text = fs::read(&path).unwrap();
        fs::write(&path, &text[..text.len() / 2]).unwrap();
    }
    fs::write(facts.join("seen.json"), b"\0\0{").unwrap();
    let store = LibraryStore::keeping(&station.data()).unwrap();
    assert_eq!(Station { store, ..station }.scan("it.wav"), Ok(first));
}

#[test]
fn the_store_keeps_what_was_planned_when_the_file_is_replaced_or_gone() {
    let station = Station::new().with("it.wav", &wav(44_100, 1, &sine(44_100, 1, 440.0, 0.5, -10.0)));
    let first = station.scan("it.wav").unwrap();
    fs::write(station.audio().join("it.wav"), "không phải âm thanh").unwrap();
    let mut source = Source::from_store(&station.store, &first.hash).unwrap();
    let mut block = vec![0.0; 1 << 20];
    assert_eq!(source.read(&mut block).unwrap(), 24_000);
    assert_eq!(source.read(&mut block).unwrap(), 0);
    assert_eq!(station.stored(), ["flac", "seal"].map(|ending| format!("{}.{ending}", first.hash)));
}

#[test]
fn what_is_damaged_in_the_store_is_not_aired_and_mended_by_the_next_scan() {
    let station = Station::new().with("it.wav", &wav(44_100, 1, &sine(44_100, 1, 440.0, 0.5, -10.0)));
    let first = station.scan("it.wav").unwrap();
    let kept = station.store.find(&first.hash).unwrap();
    let mut bytes = fs::read(&kept).unwrap();
    bytes[1000] ^= 1;
    fs::write(&kept, &bytes).unwrap();
    let refused = Source::from_store(&station.store, &first.hash).err().unwrap();
    assert_eq!(refused.reason(), Reason::FileError);
    assert_eq!(station.scan("it.wav"), Ok(first.clone()));
    assert!(Source::from_store(&station.store, &first.hash).is_ok());
    fs::remove_file(&kept).unwrap();
    assert_eq!(Source::from_store(&station.store, &first.hash).err().unwrap().reason(), Reason::FileMissing);
}

#[test]
fn a_master_that_breaks_off_is_an_error_after_its_sound() {
    let station = Station::new().with("it.mp3", &fixture("long.mp3"));
    let recording = station.scan("it.mp3").unwrap();
    let bytes = fs::read(station.store.find(&recording.hash).unwrap()).unwrap();
    let cut = station.place.path().join("cut.flac");
    fs::write(&cut, &bytes[..bytes.len() / 2]).unwrap();
    let mut source = Source::of(fs::File::open(cut).unwrap()).unwrap();
    let mut block = vec![0.0; 1024];
    let mut heard = 0;
    let ended = loop {
        match source.read(&mut block) {
            Ok(0) => panic!("a failure was taken for the end"),
            Ok(frames) => heard += frames,
            Err(error) => break error,
        }
    };
    assert!(heard > 48_000);
    assert!(matches!(ended, SourceError::CutShort { .. } | SourceError::Master(_)), "{ended:?}");
    assert_eq!(source.read(&mut block).unwrap(), 0);
}

#[test]
fn a_disk_without_room_is_told_and_leaves_the_last_master_on_air() {
    let station = Station::new().with("it.wav", &wav(48_000, 1, &sine(48_000, 1, 440.0, 3.0, -10.0)));
    let first = station.scan("it.wav").unwrap();
    let master = fs::read(station.store.find(&first.hash).unwrap()).unwrap();
    fs::write(station.audio().join("it.wav"), wav(48_000, 1, &sine(48_000, 1, 660.0, 3.0, -10.0))).unwrap();
    // What a limit on files does to the child the end of the disk does to it as well.
    let program = station.place.path().join("child");
    let limited = format!("#!/bin/sh\nexec {} __measure --seconds 60 --master-bytes 2000\n", env!("CARGO_BIN_EXE_loaxa"));
    fs::write(&program, limited).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    let scanned = scan(&station.audio(), &[("it".into(), "it.wav".into())], &station.store, &alone(&program));
    assert_eq!(scanned.items[&ItemId::from("it")], Err(Unfit::NoRoom));
    assert_eq!(fs::read(station.store.find(&first.hash).unwrap()).unwrap(), master);
    assert_eq!(station.stored().len(), 2, "nothing is left of the other");
    assert_ne!(station.scan("it.wav").unwrap().hash, first.hash, "and with room it comes in");
}

#[test]
fn what_another_command_has_measured_comes_in_like_what_is_new() {
    let station = Station::new().with("it.wav", &wav(48_000, 1, &sine(48_000, 1, 440.0, 0.5, -10.0)));
    // A file that was written just now is looked at again, whatever is known of it.
    std::thread::sleep(std::time::Duration::from_millis(3_500));
    let items = [("it".into(), PathBuf::from("it.wav"))];
    let looking = LibraryStore::looking(&station.data());
    let measured = scan(&station.audio(), &items, &looking, &alone(env!("CARGO_BIN_EXE_loaxa")));
    let recording = measured.items[&ItemId::from("it")].clone().unwrap();
    let look = || preflight::look(&station.audio(), &items, &station.store);
    let first = look();
    assert_eq!(first.library.items[&ItemId::from("it")], Err(Unfit::Unmeasured));
    assert!(first.unknown.contains(&ItemId::from("it")) && first.gone.is_empty());
    assert_eq!(station.scan("it.wav"), Ok(recording.clone()));
    assert!(look().unknown.is_empty(), "it is known now");
    // One that is lost later is made again, and planned meanwhile.
    fs::remove_file(station.store.find(&recording.hash).unwrap()).unwrap();
    let lost = look();
    assert_eq!(lost.library.items[&ItemId::from("it")], Ok(recording.clone()));
    assert_eq!((lost.gone.len(), lost.unknown.len()), (1, 0));
}

#[test]
fn what_a_process_that_was_killed_had_begun_to_write_is_cleared_away() {
    let station = Station::new();
    let folder = station.data().join("recordings");
    let own = format!(".passing-{}-0-1", std::process::id());
    for name in [".passing-4194305-0-1", &own, ".passing-x"] {
        fs::write(folder.join(name), "part of a master").unwrap();
    }
    LibraryStore::keeping(&station.data()).unwrap();
    assert_eq!(station.stored(), [own.as_str(), ".passing-x"]);
}

#[test]
fn a_child_whose_master_is_not_what_it_says_is_not_believed() {
    let station = Station::new().with("it.wav", &wav(44_100, 1, &sine(44_100, 1, 440.0, 0.5, -10.0)));
    let other = Station::new().with("it.wav", &wav(44_100, 1, &sine(44_100, 1, 440.0, 0.4, -10.0)));
    let known = other.scan("it.wav").unwrap();
    let master = other.store.find(&known.hash).unwrap();
    let said =
        serde_json::to_string(&Ok::<_, Unfit>(Recording { frames: Frames { count: 7, ..known.frames }, ..known })).unwrap();
    for master in [master, other.audio().join("it.wav"), "/dev/null".into()] {
        let program = station.place.path().join("child");
        fs::write(&program, format!("#!/bin/sh\ncat {}\necho '{said}' >&2\n", master.display())).unwrap();
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
        let scanned = scan(&station.audio(), &[("it".into(), "it.wav".into())], &station.store, &alone(&program));
        assert!(matches!(scanned.items[&ItemId::from("it")], Err(Unfit::Unchecked { .. })), "{scanned:?}");
        assert_eq!(station.stored(), [""; 0]);
    }
}

#[test]
fn a_stick_that_was_pulled_out_takes_nothing_from_the_plan_but_a_file_that_was_deleted_is_gone() {
    let sound = wav(44_100, 1, &sine(44_100, 1, 440.0, 0.5, -10.0));
    let station = Station::new().with("it.wav", &sound).with("other.wav", &sound);
    let first = station.scan("it.wav").unwrap();
    fs::remove_file(station.audio().join("it.wav")).unwrap();
    assert_eq!(station.scan("it.wav"), Err(Unfit::Missing));
    fs::remove_file(station.audio().join("other.wav")).unwrap();
    let store = LibraryStore::keeping(&station.data()).unwrap();
    let station = Station { store, ..station };
    assert_eq!(station.scan("it.wav"), Ok(first.clone()));
    fs::remove_dir(station.audio()).unwrap();
    assert_eq!(station.scan("it.wav"), Ok(first.clone()));
    assert_eq!(station.scan("never-seen.wav"), Err(Unfit::Missing));
    fs::remove_file(station.store.find(&first.hash).unwrap()).unwrap();
    assert_eq!(station.scan("it.wav"), Err(Unfit::Missing));
}

#[test]
fn several_may_scan_into_one_data_folder_at_once() {
    let mut station = Station::new();
    for n in 0..6 {
        station = station.with(&format!("{n}.wav"), &wav(44_100, 1, &sine(44_100, 1, 200.0 + f64::from(n), 0.3, -10.0)));
    }
    let items: Vec<(ItemId, PathBuf)> = (0..6).map(|n| (ItemId::new(format!("i{n}")), format!("{n}.wav").into())).collect();
    let results: Vec<_> = std::thread::scope(|scope| {
        let scans: Vec<_> = (0..3)
            .map(|_| {
                scope.spawn(|| {
                    let store = LibraryStore::keeping(&station.data()).unwrap();
                    scan(&station.audio(), &items, &store, &alone(env!("CARGO_BIN_EXE_loaxa"))).items
                })
            })
            .collect();
        scans.into_iter().map(|scan| scan.join().unwrap()).collect()
    });
    assert!(results.iter().all(|items| *items == results[0] && items.values().all(Result::is_ok)));
    assert_eq!(station.stored().len(), 2 * 6);
    assert!(station.stored().iter().all(|name| !name.starts_with('.')));
}

#[test]
fn a_child_that_is_stopped_or_says_nothing_makes_the_file_unfit_not_us() {
    let station = Station::new().with("it.wav", &wav(44_100, 1, &sine(44_100, 1, 440.0, 0.5, -10.0)));
    let with = |script: &str| {
        let program = station.place.path().join("child");
        fs::write(&program, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
        let items = [("it".into(), "it.wav".into())];
        let data = tempfile::tempdir().unwrap();
        let store = LibraryStore::keeping(data.path()).unwrap();
        scan(&station.audio(), &items, &store, &alone(&program)).items.remove(&ItemId::from("it")).unwrap().unwrap_err()
    };
    assert_eq!(with("kill -XCPU $$"), Unfit::TooMuch);
    assert_eq!(with("kill -KILL $$"), Unfit::TooMuch);
    assert!(matches!(with("kill -SEGV $$"), Unfit::Undecodable { .. }));
    assert!(matches!(with("echo '{}' >&2"), Unfit::Undecodable { .. }));
    assert!(matches!(with("head -c 20000 /dev/zero >&2"), Unfit::Undecodable { .. }));
}

#[test]
fn any_recording_comes_in_a_devices_shape() {
    use loaxa::audio::resample::{Shape, Shaped};
    let station = Station::new().with("tone.mp3", &fixture("tone.mp3"));
    let recording = station.scan("tone.mp3").unwrap();
    let source = Source::from_store(&station.store, &recording.hash).unwrap();
    let mut shaped = Shaped::new(source, Shape { rate: 48_000, channels: 2 }).unwrap();
    let mut sound = Vec::new();
    let mut block = [0.0; 2 * 300];
    loop {
        let frames = shaped.read(&mut block).unwrap();
        if frames == 0 {
            break;
        }
        sound.extend_from_slice(&block[..2 * frames]);
    }
    assert_eq!(sound.len(), 2 * 24_000);
    assert!(sound.chunks(2).all(|frame| frame[0] == frame[1]));
    // The same kilohertz, in the same place: as many crossings of zero as a thousand cycles a second make.
    let crossings = sound.chunks(2).collect::<Vec<_>>().windows(2).filter(|two| two[0][0] < 0.0 && two[1][0] >= 0.0).count();
    assert!((495..=505).contains(&crossings), "{crossings}");
}

#[test]
fn the_command_shows_every_recording_with_its_remedy() {
    let station = Station::new()
        .with("good.wav", &wav(44_100, 1, &sine(44_100, 1, 440.0, 1.5, -20.0)))
        .with("phone.amr", b"#!AMR\n\x3c\x91\x17\x16\xbe\x66");
    let plan = station.place.path().join("plan.toml");
    fs::write(&plan, include_str!("recordings/plan.toml")).unwrap();
    let said = |arguments: &[&str]| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_loaxa"));
        // A machine without ffmpeg.
        command.arg("audio").arg(&plan).arg("--data").arg(station.data()).args(arguments).env("PATH", "");
        let output = command.output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    let table = said(&[]);
    for text in [
        "Độ to (LUFS)",
        "wav",
        "−23,",
        "không phát được loại tệp AMR khi máy chưa có ffmpeg: phone.amr",
        "sudo apt install ffmpeg",
        "ffmpeg -i phone.amr",
        "thiếu bản thu gone.wav",
    ] {
        assert!(table.contains(text), "{text} is not in:\n{table}");
    }
    assert!(table.ends_with("3 bản thu, dài 0 phút 1 giây; 2 không phát được, 0 cần xem lại.\n"), "{table}");
    let document: serde_json::Value = serde_json::from_str(&said(&["--json"])).unwrap();
    let recordings = document["recordings"].as_array().unwrap();
    assert_eq!(recordings.len(), 3);
    assert_eq!(
        (&recordings[0]["ok"], &recordings[0]["duration_ms"], &recordings[0]["rate"]),
        (&true.into(), &1500.into(), &48_000.into())
    );
    assert_eq!(recordings[1]["ok"], false);
    // The command copies nothing into the daemon's store.
    assert_eq!(station.stored(), [""; 0]);
}
