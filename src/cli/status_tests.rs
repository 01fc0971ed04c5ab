//! The page and the JSON of a station on air.

use super::*;
use crate::control::status::{ClockStatus, DeviceState, FaultCode, FaultStatus, OutputStatus};
use crate::terms::{Doubt, Evidence, Reason};

fn station() -> StationIdentity {
    StationIdentity {
        name: "Đài truyền thanh xã Cẩm Tân".into(), language: "vi".into(), timezone: "Asia/Ho_Chi_Minh".into()
    }
}

fn at(text: &str) -> Wall {
    Wall(i64::try_from(text.parse::<jiff::Timestamp>().unwrap().as_nanosecond()).unwrap())
}

fn on_air() -> Status {
    Status {
        state: State::OnAir,
        now: vec![OnAir {
            output: "amplifier".into(),
            broadcast: "action-month-morning".into(),
            planned_at: at("2026-11-15T05:30:00+07:00"),
            element: 3,
            elements: 9,
            item: Some("hotline-111".into()),
            title: Some("Tổng đài quốc gia bảo vệ trẻ em 111".into()),
            started_at: Some(at("2026-11-15T05:31:02.250+07:00")),
            ends_at: Some(at("2026-11-15T05:31:44+07:00")),
        }],
        emergency: Vec::new(),
        next: vec![
            Coming {
                output: "amplifier".into(),
                broadcast: "action-month-evening".into(),
                planned_at: at("2026-11-15T17:00:00+07:00"),
                length_ms: 750_000,
                left_out: None,
                awaited: false,
            },
            Coming {
                output: "amplifier".into(),
                broadcast: "everyday-morning".into(),
                planned_at: at("2026-11-16T05:30:00+07:00"),
                length_ms: 0,
                left_out: Some(Reason::Replaced),
                awaited: false,
            },
        ],
        output: vec![OutputStatus {
            output: "amplifier".into(),
            device: "default".into(),
            state: DeviceState::Open,
            heard: true,
            peak_db: None,
        }],
        plan_hash: Some("9f2c4e6a8b0d1f3e".into()),
        clock: ClockStatus { evidence: Evidence::Ntp, doubtful: false, why: None },
        warnings: Vec::new(),
        faults: vec![FaultStatus {
            code: FaultCode::PlanRefused,
            output: None,
            detail: "2 lỗi".into(),
            since: at("2026-11-15T05:20:00+07:00"),
        }],
        at: at("2026-11-15T05:31:10+07:00"),
        hold_until: None,
        mourning: Vec::new(),
    }
}

fn zone() -> TimeZone {
    TimeZone::get("Asia/Ho_Chi_Minh").unwrap()
}

#[test]
fn the_page_reads_as_an_operator_expects() {
    insta::assert_snapshot!(page(&station(), &on_air(), &zone(), Language::Vi), @"
    Đài truyền thanh xã Cẩm Tân · 05:31:10 15/11/2026 (7/10 âm lịch)
    ĐANG PHÁT

    Đang phát:
      amplifier: action-month-morning (lịch 05:30:00) · 3/9 Tổng đài quốc gia bảo vệ trẻ em 111 · đến 05:31:44

    Sắp phát:
      17:00:00 amplifier: action-month-evening · 12 phút 30 giây
      05:30:00 16/11 amplifier: everyday-morning · sẽ không phát: thay bằng chương trình của đợt

    Đường ra loa:
      amplifier: default · sẵn sàng

    Giờ máy: theo giờ mạng
    Kế hoạch: 9f2c4e6a8b0d
    Sự cố:
      05:20:00 kế hoạch mới có lỗi, đài vẫn chạy kế hoạch cũ (2 lỗi)
        → Xem lỗi và sửa: loaxa check KẾ_HOẠCH
    ");
}

#[test]
fn a_doubtful_clock_and_a_hold_say_what_to_do() {
    let mut status = on_air();
    status.state = State::Hold;
    status.hold_until = Some(at("2026-11-15T18:00:00+07:00"));
    status.clock = ClockStatus { evidence: Evidence::Carried, doubtful: true, why: Some(Doubt::Carried) };
    let page = page(&station(), &status, &zone(), Language::En);
    assert!(page.contains("ON HOLD: until 18:00:00; to air now: loaxa release"), "{page}");
    let period = |lang| {
        let (from, until) = (at("2026-11-15T00:00:00+07:00"), at("2026-11-17T00:00:00+07:00"));
        let mourning = crate::terms::Mourning { from, until, only: vec!["news".into()], reason: "Thông báo 5".into() };
        super::page(&station(), &Status { mourning: vec![mourning], ..on_air() }, &zone(), lang)
    };
    let stands = "QUỐC TANG từ 00:00 15/11/2026 đến 00:00 17/11/2026 (chỉ phát: news): Thông báo 5";
    assert!(period(Language::Vi).contains(stands), "{}", period(Language::Vi));
    assert!(period(Language::En).contains("MOURNING from 00:00 15/11/2026"), "{}", period(Language::En));
    assert!(page.contains("DOUBTFUL") && page.contains("loaxa clock confirm"), "{page}");
}

#[test]
fn json_has_the_promised_fields_and_writes_instants_as_the_log_does() {
    let value = as_json(&station(), &on_air(), &zone()).unwrap();
    for field in ["state", "now", "next", "output", "plan_hash", "clock", "faults", "at", "station"] {
        assert!(value.get(field).is_some(), "{field}");
    }
    assert_eq!(value["state"], "on_air");
    assert_eq!(value["clock"]["evidence"], "ntp");
    assert_eq!(value["now"][0]["planned_at"], "2026-11-15T05:30:00+07:00");
    assert_eq!(value["next"][1]["left_out"], "replaced");
}

#[test]
fn an_emergency_says_who_called_it_why_how_often_it_aired_and_until_when() {
    let mut status = on_air();
    status.emergency.push(EmergencyStatus {
        output: "amplifier".into(),
        broadcast: "@request-4".into(),
        item: Some("lu-ve".into()),
        title: Some("Lũ về, lên cao ngay".into()),
        reason: Some("Nước sông Mã lên nhanh".into()),
        actor: "lan".into(),
        planned_at: at("2026-11-15T05:20:00+07:00"),
        ends_at: at("2026-11-15T05:50:00+07:00"),
        aired: 1,
        times: 3,
        next_at: Some(at("2026-11-15T05:40:00+07:00")),
    });
    let shown = page(&station(), &status, &zone(), Language::Vi);
    for wanted in [
        "PHÁT KHẨN CẤP amplifier: Lũ về, lên cao ngay (@request-4)",
        "Nước sông Mã lên nhanh · lan ra lệnh lúc 05:20:00",
        "đã phát trọn 1/3 lần · phát tiếp lúc 05:40:00 · hết hiệu lực lúc 05:50:00; ngừng ngay: loaxa stop",
    ] {
        assert!(shown.contains(wanted), "{wanted}\n{shown}");
    }
    let json = as_json(&station(), &status, &zone()).unwrap();
    assert_eq!(json["emergency"][0]["next_at"], "2026-11-15T05:40:00+07:00");
}
