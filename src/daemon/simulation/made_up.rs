//! Made-up plans for seeds by the thousand: small, crowded days on which broadcasts collide, wait and give way.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use jiff::SignedDuration;
use jiff::civil::date;

use crate::daemon::simulation::trial::Trial;
use crate::library::{Library, Recording};
use crate::plan::read;
use crate::plan::source::SourceFile;
use crate::playout::simulate::dice::Dice;
use crate::playout::simulate::mishap::Kinds;
use crate::rundown::Span;
use crate::terms::*;

/// The trial of a seed: its plan is made up from it too. Seeds that were found before there were holidays have none.
pub fn trial(seed: u64, kinds: Kinds) -> Option<Trial> {
    let mut dice = Dice::of(seed ^ 0x706c_616e);
    let mut text = plan(&mut dice);
    if kinds == Kinds::All {
        holiday(&mut Dice::of(seed ^ 0x6c65), &mut text);
    }
    live(&text, &mut dice)
}

/// The same with a campaign that has targets, topics and languages to choose between, and items that expire after the first day. Its dice
/// are its own, so that the seeds of the others mean what they meant.
pub fn steered(seed: u64, _: Kinds) -> Option<Trial> {
    let mut dice = Dice::of(seed ^ 0x706c_616e);
    let text = plan(&mut dice);
    let mut own = Dice::of(seed ^ 0x7374_6565);
    live(&steer(&text, &mut own), &mut dice)
}

/// Every announcement gets one of three topics, maybe Mường, maybe an end; every pick chooses among all of them.
fn steer(text: &str, dice: &mut Dice) -> String {
    let shares = if dice.one_in(2) { "languages = { vi = 60, mtq = 40 }\n" } else { "" };
    let mut steered = String::new();
    for line in text.lines() {
        match line {
            "topic = \"t\"" => {
                steered += &format!("topic = \"t-{}\"\n", dice.below(3));
                steered += if dice.one_in(2) { "language = \"mtq\"\n" } else { "" };
                steered += if dice.one_in(4) { "valid = { until = 2027-03-01 }\n" } else { "" };
            }
            "tags = [\"a\"]" => {}
            "audio = \".\"" => steered += &format!("{shares}{line}\n"),
            _ => steered += &format!("{}\n", line.replace("topic = \"t\" }", "tag = \"all\" }")),
        }
        if line == "topic = \"t\"" {
            steered += "tags = [\"all\"]\n";
        }
    }
    for topic in 0..3 {
        steered += &format!("[[topic]]\nid = \"t-{topic}\"\nname = \"Nhóm {topic}\"\n");
    }
    let targets = ["4 airings/day", "5m/day", "9 airings", "12m"];
    let target = |dice: &mut Dice, topic: u32| format!("t-{topic} = \"{}\"", targets[dice.below(4) as usize]);
    let targets = [target(dice, 0), target(dice, 1)].join(", ");
    steered
        + &format!(
            "[[campaign]]\nid = \"dot\"\nname = \"Đợt\"\ndates = {{ from = 2027-03-01, until = 2027-03-02 }}\ntargets = {{ {targets} }}\n"
        )
}

/// The same with a plan that also has what came later: changes and extras, limits of items, programmes that are filled, hours of outputs and
/// campaigns, recordings for emergencies. Apart, so that a seed of old is what it was.
pub fn richer_trial(seed: u64, kinds: Kinds) -> Option<Trial> {
    let mut dice = Dice::of(seed ^ 0x706c_616e);
    let mut text = plan(&mut dice);
    if kinds == Kinds::All {
        holiday(&mut Dice::of(seed ^ 0x6c65), &mut text);
    }
    let text = enriched(&text, &mut Dice::of(seed ^ 0x7269_6368));
    live(&text, &mut dice)
}

fn live(text: &str, dice: &mut Dice) -> Option<Trial> {
    let source = SourceFile { path: PathBuf::from("made-up.toml"), text: text.into() };
    let plan = read::parse(vec![source], Path::new("."), None).plan?;
    let mut items = BTreeMap::new();
    for item in &plan.items {
        // Some broken from the beginning.
        let length = dice.length(SignedDuration::from_secs(150));
        let recording = Recording {
            hash: FileHash::new(format!("hash-of-{}", item.id)),
            format: "ogg".into(),
            title: None,
            frames: Frames::within(length.max(SignedDuration::from_millis(700)), 48_000),
            channels: 1,
            loudness_lufs: Some(-21.0),
            true_peak_dbtp: Some(-3.0),
            horn: crate::library::Level::default(),
            lead: SignedDuration::ZERO,
            tail: SignedDuration::ZERO,
            flaws: Vec::new(),
        };
        let fit = if dice.one_in(20) { Err(crate::library::Unfit::Missing) } else { Ok(recording) };
        items.insert(item.id.clone(), fit);
    }
    let zone = plan.station.timezone.clone();
    let span = Span { from: zone.instant(date(2027, 3, 1).at(0, 0, 0, 0)), to: zone.instant(date(2027, 3, 3).at(0, 0, 0, 0)) };
    Some(Trial::new(plan, Library { items }, span))
}

fn plan(dice: &mut Dice) -> String {
    let mut text =
        String::from("format = 1\n[station]\nname = \"Thử\"\ncode = \"thu\"\ntimezone = \"Asia/Ho_Chi_Minh\"\naudio = \".\"\n");
    let outputs = 1 + dice.below(2);
    for output in 0..outputs {
        text.push_str(&format!("[[output]]\nid = \"loa-{output}\"\ndevice = \"null\"\n"));
    }
    text.push_str("[hours]\ndaily = [\"05:30-06:30\", \"17:00-18:00\"]\n");
    if dice.one_in(3) {
        text.push_str(&format!("quota = \"{}m\"\n", 5 + dice.below(20)));
    }
    text.push_str("[[topic]]\nid = \"t\"\nname = \"Nhóm\"\n[[item]]\nid = \"hieu\"\nfile = \"hieu.ogg\"\ntitle = \"Hiệu\"\nkind = \"signal\"\n");
    let items = 4 + dice.below(6);
    for item in 0..items {
        text.push_str(&format!("[[item]]\nid = \"bai-{item}\"\nfile = \"{item}.ogg\"\ntitle = \"Bài {item}\"\ntopic = \"t\"\n"));
        if dice.one_in(2) {
            text.push_str("tags = [\"a\"]\n");
        }
    }
    let programmes = 2 + dice.below(3);
    for programme in 0..programmes {
        let mut elements = Vec::new();
        if dice.one_in(2) {
            elements.push("\"hieu\"".to_owned());
        }
        let fixed = dice.below(items);
        elements.push(format!("\"bai-{fixed}\""));
        if dice.one_in(2) {
            elements.push(format!("{{ pick = {}, topic = \"t\" }}", 1 + dice.below(2)));
        }
        if dice.one_in(3) {
            elements.push(format!("\"bai-{}\"", (fixed + 1) % items));
        }
        text.push_str(&format!("[[programme]]\nid = \"p-{programme}\"\nname = \"P\"\nelements = [{}]\n", elements.join(", ")));
        if dice.one_in(3) {
            text.push_str(&format!("pause = \"{}s\"\n", 1 + dice.below(4)));
        }
    }
    broadcasts(dice, &mut text, programmes, outputs);
    text
}

/// Some plans are silent on one of the two days, or air one programme only.
fn holiday(dice: &mut Dice, text: &mut String) {
    let effect = match dice.below(12) {
        0 => "effect = \"silence\"",
        1 => "effect = \"only\"\nprogrammes = [\"p-0\"]",
        _ => return,
    };
    let day = 1 + dice.below(2);
    text.push_str(&format!("[[holiday]]\nid = \"le\"\nname = \"Lễ\"\nyearly = \"03-{day:02}\"\n{effect}\n"));
}

fn broadcasts(dice: &mut Dice, text: &mut String, programmes: u32, outputs: u32) {
    for broadcast in 0..3 + dice.below(5) {
        let programme = dice.below(programmes);
        let minute = dice.below(58);
        let at = |hour: u32, minute: u32| format!("\"{:02}:{:02}\"", hour + minute / 60, minute % 60);
        // Half of them crowd together.
        let minute = if dice.one_in(2) { 10 + minute % 6 } else { minute };
        let times = [at(5, 30 + minute), at(17, minute)].join(", ");
        text.push_str(&format!("[[broadcast]]\nid = \"b-{broadcast}\"\nprogramme = \"p-{programme}\"\nat = [{times}]\n"));
        if dice.one_in(4) {
            text.push_str("priority = \"priority\"\n");
        }
        if dice.one_in(2) {
            text.push_str(&format!("late = \"{}s\"\n", 5 + dice.below(600)));
        }
        if outputs > 1 && dice.one_in(3) {
            text.push_str(&format!("outputs = [\"loa-{}\"]\n", dice.below(outputs)));
        }
    }
}

/// What an output's hours may be.
const OWN_HOURS: [&str; 4] =
    ["daily = [\"05:30-06:00\"]", "mon = []", "daily = [\"17:00-18:30\"], quota = \"10m\"", "tue = [\"05:00-07:00\"]"];

/// The keys of `richer_trial`, put into a plan's text.
fn enriched(text: &str, dice: &mut Dice) -> String {
    let mut rich = String::new();
    for line in text.split_inclusive('\n') {
        rich.push_str(line);
        let mut with = |odds: u32, least: u32, most: u32| dice.one_in(odds).then(|| least + dice.below(most));
        let keys = if line.starts_with("file = ") && !line.contains("hieu") {
            let most = with(4, 1, 2).map(|times| format!("max_per_day = {times}\n"));
            [most, with(5, 1, 900).map(|minutes| format!("min_gap = \"{minutes}m\"\n"))]
        } else if line.starts_with("elements = ") && line.contains("pick") {
            [with(2, 60, 400).map(|seconds| format!("fill = \"{seconds}s\"\n")), None]
        } else if line.starts_with("device = ") {
            let hours = |which: u32| OWN_HOURS[which as usize];
            [with(3, 0, 4).map(|which| format!("hours = {{ {} }}\n", hours(which))), None]
        } else {
            [None, None]
        };
        keys.into_iter().flatten().for_each(|key| rich.push_str(&key));
    }
    rich.push_str(
        "[[item]]\nid = \"lu-ve\"\nfile = \"lu.ogg\"\ntitle = \"Lũ về\"\nkind = \"emergency\"\ntopic = \"t\"\ntags = [\"a\"]\n",
    );
    if dice.one_in(3) {
        let hours =
            ["daily = [\"05:00-07:00\", \"17:00-18:00\"]", "quota = \"8m\"", "daily = [\"17:10-17:50\"]"][dice.below(3) as usize];
        rich.push_str("[[campaign]]\nid = \"dot\"\nname = \"Đợt\"\ndates = { from = 2027-03-02, until = 2027-03-02 }\n");
        rich.push_str(&format!("hours = {{ {hours} }}\n"));
    }
    one_dates(&mut rich, dice);
    rich
}

/// Changes and extras of the two days.
fn one_dates(text: &mut String, dice: &mut Dice) {
    let count = |what: &str, text: &str| u32::try_from(text.matches(what).count()).unwrap_or(1);
    let (broadcasts, programmes) = (count("[[broadcast]]", text), count("[[programme]]", text));
    let time = |dice: &mut Dice| {
        let (hour, minute) = if dice.one_in(2) { (5, 30 + dice.below(30)) } else { (17, dice.below(58)) };
        format!("{hour:02}:{minute:02}")
    };
    let mut changed = Vec::new();
    for _ in 0..dice.below(4) {
        let (broadcast, day) = (dice.below(broadcasts), 1 + dice.below(2));
        let to = match dice.below(4) {
            0 => "skip = true".to_owned(),
            1 => format!("programme = \"p-{}\"", dice.below(programmes)),
            2 => format!("at = \"{}\"\nprogramme = \"p-{}\"", time(dice), dice.below(programmes)),
            _ => "outputs = [\"loa-0\"]".to_owned(),
        };
        if changed.contains(&(broadcast, day)) {
            continue;
        }
        changed.push((broadcast, day));
        // A broadcast has a morning and an evening: the morning moves.
        let head = format!("[[broadcast]]\nid = \"b-{broadcast}\"\n");
        let morning =
            text.split(&head).nth(1).and_then(|own| own.split("at = [\"").nth(1)).and_then(|at| at.get(..5)).map(str::to_owned);
        let Some(morning) = morning else { continue };
        text.push_str(&format!("[[change]]\nbroadcast = \"b-{broadcast}\"\ndate = 2027-03-0{day}\ntime = \"{morning}\"\n{to}\n"));
    }
    for number in 0..dice.below(3) {
        let (programme, day, at) = (dice.below(programmes), 1 + dice.below(2), time(dice));
        text.push_str(&format!(
            "[[extra]]\nid = \"x-{number}\"\nprogramme = \"p-{programme}\"\ndate = 2027-03-0{day}\nat = \"{at}\"\n"
        ));
    }
}
