//! Targets that a campaign is behind, while something can still be done about it: said of the trial's log, counted by hand.

use std::path::Path;

use jiff::civil::date;
use loaxa::chores::due::reports::watched;
use loaxa::chores::targets::behind;
use loaxa::plan::source::SourceFile;
use loaxa::plan::{Plan, read};

use super::trial;

/// The trial's plan with a report on the campaign, which is due two days after its end.
fn plan(targets: &str) -> Plan {
    let entry = "\n[[report]]\nid = \"campaign\"\nperiod = \"campaign\"\ncampaign = \"action-month\"\ndue = 2\nwarn = 30\n";
    let told = "targets = { law = \"3 airings/week\", help = \"2m/day\" }";
    assert!(trial::PLAN.contains(told));
    let text = format!("{}{entry}", trial::PLAN.replace(told, targets));
    let reading = read::parse(vec![SourceFile { path: "plan.toml".into(), text: text.into() }], Path::new(""), None);
    reading.plan.unwrap_or_else(|| panic!("{:?}", reading.problems))
}

/// On the morning of the 26th: eleven days have passed, with one airing of law (the 15th) and 40 + 40 s of help (15th and 16th).
/// 3 × 11 / 7 airings are owed, and 2 × 11 minutes.
#[test]
fn what_falls_short_by_now_is_said_with_the_day_by_which_it_will_be_asked_for() {
    let station = trial::station();
    let said = |targets: &str| {
        let plan = plan(targets);
        let watched = watched(&plan, date(2024, 11, 26).at(8, 0, 0, 0));
        let [watch] = watched.as_slice() else { panic!("{watched:?}") };
        behind(station.dir.path(), &plan, watch).unwrap()
    };
    let both = said("targets = { law = \"3 airings/week\", help = \"2m/day\" }").unwrap();
    let expected = "Tháng hành động, báo cáo hạn 17/12/2024, tính đến hết 25/11/2024: \
                    Chủ trương, pháp luật 1/4 lượt; Dịch vụ hỗ trợ 1,3/22 phút";
    assert_eq!(both, expected);
    // One airing in eleven days, and 80 s, more than the 64 s that eleven days of 31 owe.
    let enough = said("targets = { law = \"1 airings/week\", help = \"3m\" }");
    assert_eq!(enough, None);
}
