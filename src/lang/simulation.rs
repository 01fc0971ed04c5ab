//! The words of a simulation: how it ended, what went wrong in it, and which law of the engine it broke.

use std::time::Duration;

use crate::lang::Language;
use crate::terms::Law;

pub fn simulated_before(lang: Language, folder: &str) -> String {
    lang.pick(
        format!("{folder} đã có nhật ký của một lần mô phỏng; hãy chọn thư mục khác với --data"),
        format!("{folder} holds the log of a simulation already; name another folder with --data"),
    )
}

/// How a simulation's slots ended.
#[derive(Clone, Copy, Debug, Default)]
pub struct Simulated {
    pub rows: u64,
    pub aired: u64,
    pub partial: u64,
    pub missed: u64,
    pub skipped: u64,
}

pub fn simulated(lang: Language, count: &Simulated, took: Duration) -> String {
    let Simulated { rows, aired, partial, missed, skipped } = *count;
    let [rows, aired, partial, missed, skipped] = [rows, aired, partial, missed, skipped]
        .map(|count| crate::lang::report::count(lang, i64::try_from(count).unwrap_or(i64::MAX)));
    let ms = crate::lang::report::count(lang, i64::try_from(took.as_millis()).unwrap_or(i64::MAX));
    lang.pick(
        format!(
            "Mô phỏng xong trong {ms} ms: {aired} lần phát đủ, {partial} phát một phần, {missed} không phát được, {skipped} bỏ phát; {rows} dòng nhật ký."
        ),
        format!("Simulated in {ms} ms: {aired} slots aired, {partial} partial, {missed} missed, {skipped} skipped; {rows} rows of log."),
    )
}

/// What went wrong in a simulation, as it happened: what falls on a station that is off is not counted.
#[derive(Clone, Copy, Debug, Default)]
pub struct Befell {
    pub power_cuts: usize,
    pub crashes: usize,
    pub stops: usize,
    pub clock: usize,
    pub disk: usize,
    pub devices: usize,
    pub recordings: usize,
    pub plans: usize,
    pub planner: usize,
    pub stalls: usize,
    pub orders: usize,
    pub emergencies: usize,
}

/// One line of all that went wrong; what did not happen is not named.
pub fn befell(lang: Language, seed: u64, befell: &Befell) -> String {
    let Befell { power_cuts, crashes, stops, clock, disk, devices, recordings, plans, planner, stalls, orders, emergencies } =
        *befell;
    let kinds = [
        (power_cuts, lang.pick("lần mất điện", "power cuts")),
        (crashes, lang.pick("lần chương trình chết đột ngột", "crashes")),
        (stops, lang.pick("lần tắt đúng cách", "clean stops")),
        (clock, lang.pick("lần đồng hồ sai hoặc nhảy", "times the clock was wrong or stepped")),
        (disk, lang.pick("lần đĩa chậm hoặc đầy", "times the disk was slow or full")),
        (devices, lang.pick("lần mất thiết bị âm thanh", "lost sound devices")),
        (recordings, lang.pick("lần tệp ghi âm hỏng, mất hoặc bị thay", "times recordings were damaged, missing or replaced")),
        (plans, lang.pick("lần đổi kế hoạch", "changes of plan")),
        (planner, lang.pick("lần dựng lịch chậm", "times rundowns were late")),
        (stalls, lang.pick("lần máy đứng", "stalls")),
        (orders, lang.pick("lệnh của người trực", "orders")),
        (emergencies, lang.pick("lệnh phát khẩn cấp", "emergencies")),
    ];
    let listed: Vec<String> =
        kinds.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}")).collect();
    let listed = if listed.is_empty() { lang.pick("không có", "none").to_owned() } else { listed.join(", ") };
    lang.pick(format!("Sự cố đã xảy ra (số gieo {seed}): {listed}."), format!("What went wrong (seed {seed}): {listed}."))
}

pub fn laws_held(lang: Language) -> String {
    let count = Law::ALL.len();
    lang.pick(format!("Giữ đúng cả {count} luật của máy phát."), format!("All {count} laws of the engine held."))
}

/// Said before the story is made short, which takes a while.
pub fn law_broken(lang: Language, broken: Law, what: &str) -> String {
    lang.pick(
        format!("VI PHẠM LUẬT {broken}: {}.\n  {what}\nĐang tìm diễn biến ngắn nhất…", law(lang, broken)),
        format!("BROKEN LAW {broken}: {}.\n  {what}\nLooking for the shortest story…", law(lang, broken)),
    )
}

pub fn story_follows(lang: Language, mishaps: usize) -> String {
    lang.pick(
        format!("Chỉ cần {mishaps} sự cố (dòng đầu bằng «!»), rồi máy phát làm như sau:"),
        format!("{mishaps} mishaps are enough (lines that begin with `!`), and this is what the engine did:"),
    )
}

/// What a law says.
pub fn law(lang: Language, law: Law) -> &'static str {
    match law {
        Law::EndsOnce => lang.pick(
            "mỗi lần phát phải ghi kết thúc đúng một lần trong nhật ký",
            "every owed slot ends exactly once, and none that nobody owes",
        ),
        Law::RightStatus => {
            lang.pick("kết quả của lần phát phải khớp với những gì đã phát", "the status of a slot says what its takes say")
        }
        Law::RightReason => lang
            .pick("không lần phát nào bị mất mà không có lý do thật", "nothing is lost without a cause, and the reason names it"),
        Law::Airs => lang.pick(
            "không có gì cản trở thì phải phát, đủ và đúng giờ",
            "with nothing in its way a slot airs, whole and on its instant",
        ),
        Law::InOrder => lang.pick(
            "các dòng lên đĩa theo đúng thứ tự đã đưa vào nhật ký",
            "what was handed to the log comes to the disk in that order",
        ),
        Law::WrittenSoon => lang.pick(
            "đĩa ghi lại được thì những dòng đang chờ phải được ghi ngay",
            "a disk that takes writes again soon has what waited for it",
        ),
        Law::LateSaysSo => {
            lang.pick("dòng phải chờ vì đĩa hỏng thì ghi rõ là ghi chậm", "what waited for a failing disk says so")
        }
        Law::DeviceAsAsked => lang.pick(
            "thiết bị âm thanh mở khi cần, có lại thì mở lại ngay, không cần thì đóng",
            "a device is open while it is wanted, soon again where it was gone, and not otherwise",
        ),
        Law::OutputsApart => lang.pick(
            "thiết bị của một đường ra loa bị lỗi không được làm chậm đường ra loa khác",
            "what is wrong with one output's device moves nothing of another output",
        ),
        Law::Airtime => lang.pick(
            "thời lượng trong nhật ký đúng với tiếng đã ra loa",
            "the log claims what sounded: never more, and no less but by a power cut",
        ),
        Law::OneAtATime => lang.pick(
            "trên một đường ra loa không có hai chương trình chen nhau",
            "no slot sounds in the middle of another that ranks no lower",
        ),
        Law::Resumes => lang.pick(
            "chương trình bị chen ngang phải phát tiếp sau đó, hết giờ thì ghi là bị chen",
            "what a higher priority displaced goes on afterwards, or had no room and says so",
        ),
        Law::InsideHours => {
            lang.pick("ngoài khung giờ chỉ có lệnh khẩn cấp mới được phát", "nothing sounds outside hours but an emergency")
        }
        Law::TrustedClock => lang.pick(
            "đồng hồ chưa tin được thì chỉ có lệnh khẩn cấp mới được phát",
            "nothing sounds on a clock that nobody vouches for, but an emergency",
        ),
        Law::UnderHold => {
            lang.pick("khi đang tạm dừng chỉ có lệnh khẩn cấp mới được phát", "nothing sounds under a hold but an emergency")
        }
        Law::EditsTaken => lang.pick(
            "kế hoạch được sửa lúc nào cũng phải được nhận ngay sau đó",
            "a plan that was edited is in force soon, whenever the edit came",
        ),
        Law::FaultShown => lang.pick(
            "sự cố làm loa im phải hiện trong tình trạng đài khi nó còn đó",
            "a fault that keeps something silent is in the status while it lasts",
        ),
        Law::SilentHoliday => lang.pick(
            "ngày lễ mà kế hoạch cho loa im thì không lịch phát nào được phát",
            "nothing planned begins on a holiday that silences it",
        ),
        Law::CalledOff => lang.pick(
            "lần phát đã được lệnh bỏ, hay bị Quốc tang cấm, thì không được phát, kể cả sau khi máy khởi động lại",
            "what a person has called off, by a skip or a mourning, does not begin, whatever restarts lie between",
        ),
        Law::NotAgain => lang.pick("đã phát trọn vẹn thì không phát lại lần nữa", "what aired whole does not air again"),
        Law::EmergencyEnds => lang.pick("lệnh khẩn cấp không phát quá hạn của nó", "no emergency sounds past its end"),
        Law::SilentAfterwards => lang.pick("lần phát đã kết thúc thì loa phải im", "an output is silent once its slot has ended"),
        Law::OrdersKept => lang.pick(
            "lệnh đã được trả lời thì phải có trong nhật ký, đúng một lần",
            "an order that was carried out stands in the log, once",
        ),
        Law::PlanInForce => lang.pick(
            "kế hoạch đang có hiệu lực quyết định phát gì, dù trước đó đã định khác",
            "the plan in force decides what begins to sound, whatever was settled before",
        ),
        Law::ValidItems => lang.pick(
            "tin, bài hết hạn hoặc chưa đến hạn dùng thì không được phát",
            "no item sounds on a day on which it is not valid",
        ),
        Law::NoRepeat => lang.pick(
            "máy không chọn lại bài của lần phát liền trước khi còn bài khác",
            "no pick takes what the broadcast before had while there is another choice",
        ),
        Law::Chain => lang.pick("chuỗi nhật ký không đứt sau mỗi lần mất điện", "the log's chain holds over every cut"),
        Law::OwedAgain => lang.pick(
            "buổi bị đóng vì giờ sai thì khi giờ đúng lại phải phát",
            "what a time that turned out wrong closed is owed again, and airs",
        ),
        Law::OrderedOnly => {
            lang.pick("bản thu khẩn cấp chỉ phát khi có người ra lệnh", "a recording for emergencies sounds by order only")
        }
        Law::ItemLimits => lang.pick(
            "theo lịch, không bài nào phát quá số lần trong ngày, hay sớm hơn khoảng cách của nó",
            "by plan no item airs oftener on a day, or sooner again, than it may",
        ),
        Law::ComesToRest => {
            lang.pick("cuối cùng không còn gì treo, mở hay dở dang", "in the end nothing waits, no output and no slot is open")
        }
    }
}
