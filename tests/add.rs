//! `loaxa add`: a recording is on the air by one command, and whatever is wrong with it leaves the plan as it was.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A copy of the sample station, whose recordings are few enough to be measured in a moment.
struct Sample {
    folder: tempfile::TempDir,
}

const PLAN: &str = "# Kế hoạch của xã\nformat = 1\n\n[station]\nname = \"Đài\"\ncode = \"dai\"\ntimezone = \"Asia/Ho_Chi_Minh\"\naudio = \"audio\"\n\
                    [[output]]\nid = \"loa\"\ndevice = \"null\"\n[hours]\ndaily = [\"05:00-18:00\"]\n\
                    [[topic]]\nid = \"y-te\"\nname = \"Sức khỏe\"\n[[supplier]]\nid = \"hoi\"\nname = \"Hội Phụ nữ\"\n";
const ITEMS: &str = "# Bài\n[[item]]   # bài một\nid=\"a\"\nfile = \"a.mp3\"\ntitle = \"A\"\nkind = \"notice\"\n\n\
                     [[programme]]\nid = \"p\"\nname = \"Bản tin\"   # giữ\nelements = [{ pick = 1, topic = \"y-te\" }]\n\
                     [[broadcast]]\nid = \"sang\"\nprogramme = \"p\"\nat = [\"05:30\"]\n";

impl Sample {
    fn new() -> Sample {
        let folder = tempfile::tempdir().unwrap();
        let sample = Sample { folder };
        fs::create_dir_all(sample.path("plan/audio")).unwrap();
        fs::write(sample.path("plan/10-dai.toml"), PLAN).unwrap();
        fs::write(sample.path("plan/20-bai.toml"), ITEMS).unwrap();
        fs::copy(recordings().join("tone.mp3"), sample.path("plan/audio/a.mp3")).unwrap();
        fs::copy(recordings().join("chirp.m4a"), sample.path("USB bài mới.m4a")).unwrap();
        sample
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn items(&self) -> String {
        fs::read_to_string(self.path("plan/20-bai.toml")).unwrap()
    }

    /// The code, and what was printed and complained of.
    fn add(&self, file: &str, options: &[&str]) -> (i32, String, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_loaxa"));
        command.env_remove("LOAXA_LANG").env("LANG", "C.UTF-8").env("XDG_CACHE_HOME", self.path("cache"));
        command.arg("add").arg(self.path(file)).arg("--plan").arg(self.path("plan")).args(options);
        let output = command.arg("--data").arg(self.path("data")).output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (output.status.code().unwrap(), text(&output.stdout), text(&output.stderr))
    }
}

fn recordings() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recordings")
}

#[test]
fn one_command_takes_a_recording_into_the_plan_and_says_when_it_airs() {
    let sample = Sample::new();
    let options = ["--topic", "suc khoe", "--title", "Rửa tay", "--until", "31/12/2199", "--tag", "moi"];
    let (code, out, err) = sample.add("USB bài mới.m4a", &options);
    assert_eq!((code, err.as_str()), (0, ""), "{out}");
    assert!(out.starts_with("Đã thêm bài \"Rửa tay\" [rua-tay]") && out.contains("20-bai.toml:"), "{out}");
    assert!(out.contains("Dự kiến phát:\n  05:30") && out.contains("Bản tin [sang]"), "{out}");
    let items = sample.items();
    let item = "[[item]]\nid = \"rua-tay\"\nfile = \"rua-tay.m4a\"\ntitle = \"Rửa tay\"\ntopic = \"y-te\"\ntags = [\"moi\"]\n\
                valid = { until = 2199-12-31 }\n";
    assert_eq!(items.replace(&format!("\n{item}"), ""), ITEMS, "nothing else of the file has changed");
    assert_eq!(fs::read(sample.path("plan/audio/rua-tay.m4a")).unwrap(), fs::read(sample.path("USB bài mới.m4a")).unwrap());
    assert_eq!(fs::read_dir(sample.path("plan")).unwrap().count(), 3, "nothing passing is left");
    // The same once more is no new item, whatever it is called.
    let (code, _, err) = sample.add("USB bài mới.m4a", &["--topic", "y-te", "--title", "Khác"]);
    assert_eq!((code, sample.items()), (1, items));
    assert!(err.contains("đã có trong kế hoạch: \"Rửa tay\" [rua-tay]"), "{err}");
}

#[test]
fn an_id_that_is_taken_gets_a_number_and_what_no_programme_takes_is_said() {
    let sample = Sample::new();
    let (code, out, err) = sample.add("USB bài mới.m4a", &["--kind", "notice", "--title", "A"]);
    assert_eq!((code, err.as_str()), (0, ""));
    assert!(out.contains("\"A\" [a-2]") && out.contains("chưa có lịch nào phát"), "{out}");
    assert!(sample.items().contains("file = \"a-2.m4a\"\ntitle = \"A\"\nkind = \"notice\"\n"));
}

#[test]
fn whatever_is_wrong_leaves_plan_and_recordings_as_they_were() {
    let sample = Sample::new();
    fs::write(sample.path("torn.mp3"), &fs::read(recordings().join("tone.flac")).unwrap()[..60]).unwrap();
    fs::write(sample.path("note.txt"), "ghi chú").unwrap();
    let good = "USB bài mới.m4a";
    let table: &[(&str, &[&str], i32, &str)] = &[
        (good, &[], 2, "--topic (y-te)"),
        (good, &["--topic", "luật"], 2, "`luật` không hợp với `--topic` (có: Sức khỏe)"),
        (good, &["--kind", "tin"], 2, "`tin` không hợp với `--kind` (có: announcement; notice;"),
        (good, &["--topic", "y-te", "--supplier", "xã"], 2, "`xã` không hợp với `--supplier` (có: Hội Phụ nữ)"),
        (good, &["--topic", "y-te", "--until", "31/13/2027"], 2, "--until"),
        (good, &["--topic", "y-te", "--language", "tiếng Mường"], 1, "bad_language"),
        ("torn.mp3", &["--topic", "y-te"], 1, "torn.mp3"),
        ("note.txt", &["--topic", "y-te"], 1, "note.txt"),
        ("nowhere.mp3", &["--topic", "y-te"], 1, "nowhere.mp3"),
    ];
    for (file, options, code, said) in table {
        let (found, _, err) = sample.add(file, options);
        assert_eq!(found, *code, "{file} {options:?}: {err}");
        assert!(err.contains(said), "{file} {options:?}: {err}");
        assert_eq!(sample.items(), ITEMS, "{file} {options:?}");
        assert_eq!(fs::read_dir(sample.path("plan/audio")).unwrap().count(), 1, "{file} {options:?}");
    }
    fs::write(sample.path("plan/10-dai.toml"), PLAN.replace("05:00-18:00", "5-6-7")).unwrap();
    let (code, _, err) = sample.add(good, &["--topic", "y-te"]);
    assert!(code == 1 && err.contains("10-dai.toml"), "{err}");
}

#[test]
fn a_file_keeps_its_rights_its_link_and_its_mark_and_one_that_cannot_be_edited_says_so() {
    use std::os::unix::fs::PermissionsExt;

    let sample = Sample::new();
    let (own, linked) = (sample.path("plan/20-bai.toml"), sample.path("bai.toml"));
    fs::write(&linked, format!("\u{feff}{ITEMS}")).unwrap();
    fs::set_permissions(&linked, fs::Permissions::from_mode(0o664)).unwrap();
    fs::remove_file(&own).unwrap();
    std::os::unix::fs::symlink(&linked, &own).unwrap();
    let (code, out, err) = sample.add("USB bài mới.m4a", &["--topic", "y-te", "--title", "Rửa tay"]);
    assert_eq!((code, err.as_str()), (0, ""), "{out}");
    assert!(fs::symlink_metadata(&own).unwrap().is_symlink());
    assert_eq!(fs::metadata(&linked).unwrap().permissions().mode() & 0o777, 0o664);
    assert!(sample.items().starts_with("\u{feff}# Bài") && sample.items().contains("id = \"rua-tay\""));
    let inline = "item = [{ id = \"a\", file = \"a.mp3\", title = \"A\", kind = \"notice\" }]\n";
    fs::remove_file(&own).unwrap();
    let (_, rest) = ITEMS.split_once("[[programme]]").unwrap();
    fs::write(sample.path("plan/10-dai.toml"), PLAN.replace("format = 1\n", &format!("format = 1\n{inline}"))).unwrap();
    fs::write(&own, format!("[[programme]]{rest}")).unwrap();
    fs::remove_file(sample.path("plan/audio/rua-tay.m4a")).unwrap();
    fs::copy(sample.path("plan/10-dai.toml"), sample.path("before")).unwrap();
    let (code, _, err) = sample.add("USB bài mới.m4a", &["--topic", "y-te", "--title", "Rửa tay"]);
    assert!(code == 1 && err.contains("[[item]]"), "{code} {err}");
    assert_eq!(fs::read(sample.path("plan/10-dai.toml")).unwrap(), fs::read(sample.path("before")).unwrap());
    assert!(!sample.path("plan/audio/rua-tay.m4a").exists());
}
