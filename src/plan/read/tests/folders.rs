//! Drop folders: the items that a listing makes, and what of a listing is not believed.

use super::*;

const FOLDER: &str =
    "[[folder]]\npath = \"tin-moi\"\nkind = \"announcement\"\ntopic = \"policy_law\"\ntags = [\"moi\"]\nvalid_for = \"7d\"\n";

/// The items that lie in the folder of a plan, as `id title until`.
fn items(plan: &str, found: &[(&str, &str)]) -> Vec<String> {
    let mut listing = String::new();
    for (file, since) in found {
        listing += &format!("[[found]]\nfolder = \"tin-moi\"\nfile = \"{file}\"\nsince = \"{since}\"\n");
    }
    let source = |path: &str, text: &str| SourceFile { path: path.into(), text: text.into() };
    let reading = parse(vec![source("@tin-moi.toml", &listing), source("plan.toml", plan)], Path::new("."), None);
    assert!(reading.plan.is_some(), "{}", render::text(&reading.problems, &reading.sources, reading.language, false));
    let plan = reading.plan.unwrap();
    let inside = plan.items.iter().filter(|item| item.file.parent() == Some(Path::new("tin-moi")));
    let until = |item: &crate::plan::Item| item.valid.until.map_or("-".to_owned(), |until| until.to_string());
    inside.map(|item| format!("{} {} {}", item.id, item.title, until(item))).collect()
}

#[test]
fn each_recording_is_an_item_named_by_its_file_for_its_time() {
    let plan = format!("{GOOD}{FOLDER}");
    let found = [("Mất điện_chiều mai.mp3", "2026-11-30T16:59:59Z"), ("Mất điện.wav", "2026-11-30T17:00:00Z")];
    // The second came after midnight of the station.
    assert_eq!(
        items(&plan, &found),
        ["tin-moi/mat-dien-chieu-mai Mất điện chiều mai 2026-12-07", "tin-moi/mat-dien Mất điện 2026-12-08"]
    );
    let endless = plan.replace("valid_for = \"7d\"\n", "");
    assert_eq!(items(&endless, &found[1..]), ["tin-moi/mat-dien Mất điện -"]);
    let hours = plan.replace("7d", "12h");
    assert_eq!(items(&hours, &found[1..]), ["tin-moi/mat-dien Mất điện 2026-12-01"]);
}

#[test]
fn names_that_differ_in_signs_only_are_items_of_their_own() {
    let plan = format!("{GOOD}{FOLDER}");
    let at = "2026-11-30T00:00:00Z";
    let both = items(&plan, &[("a.mp3", at), ("A!.mp3", at), ("!.mp3", at)]);
    let ids: Vec<&str> = both.iter().filter_map(|item| item.split(' ').next()).collect();
    assert_eq!((ids.len(), ids[2]), (3, "tin-moi/ban-thu"));
    assert!(ids[0] != ids[1] && ids[..2].iter().all(|id| id.starts_with("tin-moi/a-")), "{ids:?}");
}

#[test]
fn an_item_of_the_plan_itself_says_more_of_a_file_than_its_folder() {
    let own = "[[item]]\nid = \"own\"\nfile = \"tin-moi/a.mp3\"\ntitle = \"Own\"\nkind = \"notice\"\n";
    let plan = format!("{GOOD}{FOLDER}{own}");
    assert_eq!(items(&plan, &[("a.mp3", "2026-11-30T00:00:00Z")]), ["own Own -"]);
}

#[test]
fn a_listing_that_is_torn_makes_no_plan_bad() {
    let plan = format!("{GOOD}{FOLDER}");
    assert!(items(&plan, &[("a.mp3", "yesterday")]).is_empty());
    let source = |path: &str, text: &str| SourceFile { path: path.into(), text: text.into() };
    for listing in ["found = 1\n", "[found]\nfile = 1\n", "[[found]]\nfolder = \"other\"\nfile = \"a.mp3\"\nsince = 1\n"] {
        let reading = parse(vec![source("@tin-moi.toml", listing), source("plan.toml", &plan)], Path::new("."), None);
        assert!(reading.plan.is_some(), "{listing}");
    }
    let own = parse(vec![source("plan.toml", &format!("{plan}[[found]]\nfile = \"a.mp3\"\n"))], Path::new("."), None);
    assert!(own.problems.iter().any(|problem| problem.code == Code::UnknownKey), "nobody writes one by hand: {:?}", own.problems);
}

#[test]
fn a_pick_names_a_folder_and_a_folder_its_term() {
    let with = |edit: &str, to: &str| {
        let plan = format!("{GOOD}{FOLDER}").replace(edit, to);
        let reading = parse(vec![SourceFile { path: "plan.toml".into(), text: plan.into() }], Path::new("."), None);
        reading.problems.iter().map(|problem| problem.code.as_str()).collect::<Vec<_>>()
    };
    let pick = "{ pick = 2, topic = \"policy_law\" }";
    assert_eq!(with(pick, "{ pick = 2, folder = \"tin-moi\" }"), Vec::<&str>::new());
    assert_eq!(with(pick, "{ pick = 2, folder = \"tin\" }"), ["unknown_id"]);
    assert_eq!(with("7d", "0d"), ["bad_duration"]);
    assert_eq!(with("\"7d\"", "7"), ["wrong_type"]);
    assert_eq!(with("\"7d\"", "\"7\""), ["bad_duration"]);
    for path in ["../tin", "./tin", "/tin", "."] {
        assert_eq!(with("path = \"tin-moi\"", &format!("path = \"{path}\"")), ["bad_file"], "{path}");
    }
    assert_eq!(with("topic = \"policy_law\"\ntags = [\"moi\"]\n", ""), ["missing_key"]);
    assert_eq!(with(FOLDER, &format!("{FOLDER}{FOLDER}")), ["repeated_id"]);
}

#[test]
fn a_title_that_stands_in_a_recording_is_shown_in_one_line_of_what_can_be_seen() {
    assert_eq!(title("  Lịch\n\u{202e}họp\tdân ").as_deref(), Some("Lịch họp dân"));
    assert_eq!(title("Li\u{323}ch").as_deref(), Some("Lịch"), "composed");
    assert_eq!(title(" \u{200b} "), None);
    assert_eq!(title("T\u{fffd}m"), None);
    assert_eq!(title(&"ă".repeat(300)).unwrap().chars().count(), 120);
}
