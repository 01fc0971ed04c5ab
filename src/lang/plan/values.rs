//! What is said of values: numbers, words, files, times, dates and crons.

use std::fmt::Display;

use super::ProblemWords;
use crate::lang::Language;

said! {
    bad_format(found) {
        "không biết dạng kế hoạch số {found}", "plans of format {found} are not known";
        "viết format = 1; nếu kế hoạch làm cho phiên bản mới hơn, hãy cập nhật loaxa",
        "write format = 1; if the plan was made for a newer version, update loaxa"
    }
    empty_text(key) {
        "`{key}` để trống", "`{key}` is empty";
        "ghi nội dung", "write something"
    }
    hidden_character(code) {
        "có ký tự ẩn {code}, không được phép", "there is a hidden character {code}, which is not allowed";
        "xóa ký tự này, viết trên một dòng; thường do chép dán từ trang web hoặc Word",
        "delete it, and keep the text on one line; it mostly comes from pasting"
    }
    too_long(key, limit) {
        "`{key}` dài quá {limit} ký tự", "`{key}` has more than {limit} characters";
        "viết ngắn lại", "shorten it"
    }
    long_list(key, limit) {
        "danh sách `{key}` có quá {limit} phần", "the list `{key}` has more than {limit} elements";
        "viết ngắn lại", "shorten it"
    }
    bad_number(key, least, most) {
        "`{key}` phải từ {least} đến {most}", "`{key}` has to be from {least} to {most}";
        "", ""
    }
    bad_lufs(least, most) {
        "độ to `lufs` phải từ {least} đến {most}", "`lufs` has to be from {least} to {most}";
        "viết số âm: mức thường của đài là −18; nhỏ hơn, viết lufs = -22", "a negative number: the station's own level is −18; softer is lufs = -22"
    }
    levels_overlap(first) {
        "khung giờ này trùng với khung giờ {first} đã có mức riêng", "these hours overlap {first}, which have a level already";
        "mỗi lúc chỉ có một mức độ to; sửa lại một trong hai khung giờ", "there is one level at a time; correct one of the two"
    }
    misspelt_word(key, text, nearest, known) {
        "`{key}` không nhận giá trị `{text}`", "`{key}` does not know `{text}`";
        "có phải là `{nearest}`? Dùng được: {known}", "did you mean `{nearest}`? Known: {known}"
    }
    unknown_word(key, text, known) {
        "`{key}` không nhận giá trị `{text}`", "`{key}` does not know `{text}`";
        "dùng được: {known}", "known: {known}"
    }
    emergency_planned() {
        "không được lên lịch phát khẩn cấp", "an emergency cannot be planned";
        "khẩn cấp chỉ do người ra lệnh: loaxa play MÃ --priority emergency --reason …; trong kế hoạch dùng \"ordinary\" hoặc \"priority\"",
        "only a person orders one: loaxa play ITEM --priority emergency --reason …; a plan has \"ordinary\" or \"priority\""
    }
    emergency_in_programme(item) {
        "`{item}` là bản thu khẩn cấp, chỉ phát khi có người ra lệnh", "`{item}` is a recording for emergencies, which only an order airs";
        "bỏ khỏi đây; phát bằng loaxa play {item} --priority emergency --reason …, thử bằng loaxa drill {item}. Bài phát theo lịch thì không ghi kind = \"emergency\"",
        "take it out; loaxa play {item} --priority emergency --reason … airs it, loaxa drill {item} tries it. What airs by plan has another kind"
    }
    nothing_to_fill_with() {
        "`fill` cần ít nhất một phần {{ pick = … }} để chọn bài", "`fill` needs at least one {{ pick = … }} to pick from";
        "thêm {{ pick = 1, topic = \"mã\" }} vào `elements`, hoặc bỏ `fill`",
        "add {{ pick = 1, topic = \"id\" }} to `elements`, or leave `fill` out"
    }
    bad_nth(text) {
        "không hiểu ngày `{text}` của tháng", "the day of the month `{text}` cannot be understood";
        "viết \"first mon\", \"last sun\" hoặc \"thứ hai đầu tiên\", \"CN cuối\"; giữa là second, third, fourth, fifth",
        "write \"first mon\" or \"last sun\": first, second, third, fourth, fifth or last, then the day of the week"
    }
    repeated_change(broadcast, first) {
        "lần phát này của `{broadcast}` bị đổi hai lần trong cùng một ngày", "this airing of `{broadcast}` is changed twice on one date";
        "lần đầu ở {first}; gộp hai mục [[change]] làm một, hoặc ghi `time` để nói lần phát nào",
        "the first is at {first}; join the two, or say by `time` which airing each means"
    }
    ambiguous_change(broadcast, times) {
        "hôm ấy `{broadcast}` có nhiều lần phát ({times}): dời lần nào?", "`{broadcast}` airs several times on that date ({times}): which one moves?";
        "thêm giờ của lần phát cần dời: time = \"05:30\"", "say by its time which one: time = \"05:30\""
    }
    bad_language(text) {
        "`{text}` không phải mã tiếng nói", "`{text}` is no language tag";
        "viết mã BCP 47: tiếng Việt \"vi\", tiếng Mường \"mtq\"", "write a BCP 47 tag: Vietnamese \"vi\", Mường \"mtq\""
    }
    bad_shares(sum) {
        "các phần trăm cộng lại là {sum}, không phải 100", "the percents add up to {sum}, not to 100";
        "sửa cho đủ 100, ví dụ {{ vi = 70, mtq = 30 }}", "let them add up to 100, for example {{ vi = 70, mtq = 30 }}"
    }
    bad_target(text) {
        "không hiểu chỉ tiêu `{text}`", "the target `{text}` cannot be understood";
        "viết \"10m/day\", \"3 airings/week\" hoặc \"300m\" cho cả đợt",
        "write \"10m/day\", \"3 airings/week\", or \"300m\" for the whole campaign"
    }
    bad_device(text) {
        "không hiểu thiết bị `{text}`", "the device `{text}` cannot be understood";
        "viết \"default\", \"null\", \"wav:THƯ-MỤC\" hoặc tên thiết bị âm thanh",
        "write \"default\", \"null\", \"wav:FOLDER\" or the name of a sound device"
    }
    absolute_path() {
        "tên tệp phải viết tương đối", "the file has to be named relative to its folder";
        "chép tệp vào thư mục bản thu của đài rồi chỉ ghi tên tệp",
        "copy it into the station's folder of recordings and write its name only"
    }
    upward_path() {
        "tên tệp không được ra ngoài thư mục (`..`)", "the file may not leave its folder (`..`)";
        "chép tệp vào thư mục bản thu của đài", "copy it into the station's folder of recordings"
    }
    backslash() {
        "đường dẫn không dùng dấu \\", "a path has no \\";
        "dùng dấu /", "use /"
    }
    same_device(device, first) {
        "thiết bị `{device}` đã thuộc đường ra loa `{first}`", "the device `{device}` already belongs to the output `{first}`";
        "mỗi đường ra loa dùng một thiết bị riêng", "give each output a device of its own"
    }
    empty_pick() {
        "`pick` phải có `topic` hoặc `tag`", "a `pick` needs a `topic` or a `tag`";
        "viết {{ pick = 1, topic = \"…\" }}", "write {{ pick = 1, topic = \"…\" }}"
    }
}

// Times and dates.
said! {
    bad_time(text) {
        "`{text}` không phải là giờ", "`{text}` is no time of day";
        "viết \"05:30\" hoặc \"5h30\" (00:00 đến 23:59)", "write \"05:30\" or \"5h30\" (00:00 to 23:59)"
    }
    bare_time(text, time) {
        "giờ `{text}` phải nằm trong ngoặc kép", "the time `{text}` has to stand in quotation marks";
        "viết \"{time}\"", "write \"{time}\""
    }
    bad_hours(text) {
        "`{text}` không phải là khung giờ", "`{text}` is no stretch of hours";
        "viết \"05:30-06:30\" hoặc \"5h30-6h30\"; cả ngày là \"00:00-24:00\"",
        "write \"05:30-06:30\" or \"5h30-6h30\"; the whole day is \"00:00-24:00\""
    }
    bad_day(text) {
        "`{text}` không phải là một thứ trong tuần", "`{text}` is no day of the week";
        "viết \"thứ hai\" … \"chủ nhật\", \"T2\" … \"T7\", \"CN\", hoặc \"mon\" … \"sun\"; nhiều ngày: \"weekdays\", \"weekend\"",
        "write \"mon\" … \"sun\", \"T2\" … \"T7\", \"CN\"; several days: \"weekdays\", \"weekend\""
    }
    same_day(first, second) {
        "`{first}` và `{second}` là cùng một thứ", "`{first}` and `{second}` are one day of the week";
        "giữ một, bỏ một", "keep one of them"
    }
    bad_date(text) {
        "`{text}` không phải là ngày có thật", "`{text}` is no date";
        "viết 2026-11-15, hoặc \"15/11/2026\" trong ngoặc kép", "write 2026-11-15, or \"15/11/2026\" in quotation marks"
    }
    bare_date(text, date) {
        "ngày `{text}` phải nằm trong ngoặc kép", "the date `{text}` has to stand in quotation marks";
        "viết {date}, hoặc \"{text}\"", "write {date}, or \"{text}\""
    }
    bad_month_day(text) {
        "`{text}` không phải là ngày trong năm", "`{text}` is no day of the year";
        "ngày 15 tháng 11 viết \"11-15\" (tháng-ngày) hoặc \"15/11\", trong ngoặc kép",
        "15 November is \"11-15\" (month-day) or \"15/11\", in quotation marks"
    }
    bad_lunar_day(text) {
        "`{text}` không phải là ngày âm lịch", "`{text}` is no day of the lunar calendar";
        "viết tháng-ngày âm lịch trong ngoặc kép: \"12-23\" là 23 tháng Chạp (ngày 01 đến 30)",
        "write lunar month-day in quotation marks: \"12-23\" is day 23 of month 12 (days 01 to 30)"
    }
    bad_duration(text) {
        "`{text}` không phải là thời lượng", "`{text}` is no duration";
        "viết \"45s\", \"10m\", \"1h30m\" hoặc \"20 phút\"", "write \"45s\", \"10m\" or \"1h30m\""
    }
    bad_term(text) {
        "`{text}` không phải là thời hạn", "`{text}` is no term";
        "viết \"7d\", \"7 ngày\", \"2 tuần\" hoặc \"36h\"", "write \"7d\", \"2 weeks\" or \"36h\""
    }
    term_range() {
        "thời hạn phải dài hơn 0 và không quá 10 năm", "a term is longer than nothing and at most ten years";
        "bỏ `valid_for` nếu không có thời hạn", "leave `valid_for` out where there is none"
    }
    long_duration() {
        "thời lượng không được quá 24 giờ", "a duration here is at most 24 hours";
        "", ""
    }
    no_or_long_duration() {
        "thời lượng phải lớn hơn 0, không quá 24 giờ", "a duration here is more than nothing and at most 24 hours";
        "", ""
    }
    five_fields() {
        "cron phải có 6 hoặc 7 phần, ở đây có 5", "a cron has 6 or 7 fields, this has 5";
        "loaxa viết giây trước tiên: \"0 30 5 * * *\" là 05:30 hằng ngày", "seconds come first here: \"0 30 5 * * *\" is 05:30 every day"
    }
    cron_fields(found) {
        "cron phải có 6 hoặc 7 phần, ở đây có {found}", "a cron has 6 or 7 fields, this has {found}";
        "thứ tự: giây phút giờ ngày tháng thứ [năm]; dễ hơn: at = [\"05:30\"]",
        "the order: second minute hour day month weekday [year]; simpler: at = [\"05:30\"]"
    }
    cron_weekday() {
        "thứ trong tuần không được viết bằng số", "days of the week cannot be numbers";
        "viết tên: SUN, MON, TUE, WED, THU, FRI, SAT (SUN–SAT), vì mỗi nơi đánh số một khác",
        "write the names SUN–SAT: SUN, MON, TUE, WED, THU, FRI, SAT; programs count them differently"
    }
    cron_field(index, name, text) {
        "cron: phần {index} ({name}) không hiểu được `{text}`", "cron: field {index} ({name}) cannot be `{text}`";
        "thứ tự: giây phút giờ ngày tháng thứ [năm]; dễ hơn: at = [\"05:30\"]",
        "the order: second minute hour day month weekday [year]; simpler: at = [\"05:30\"]"
    }
    cron_never() {
        "cron này không bao giờ tới", "this cron never comes";
        "xem lại ngày và tháng: 31 tháng 2 không có, năm đã qua không trở lại",
        "look at day and month: there is no 31 February, and past years do not return"
    }
    bad_time_zone(text, nearest) {
        "không có múi giờ `{text}`", "there is no time zone `{text}`";
        "có phải là \"{nearest}\"?", "did you mean \"{nearest}\"?"
    }
    bad_cut(text) {
        "không hiểu ngày chốt kỳ `{text}`", "the cut `{text}` cannot be understood";
        "viết cut = 14 (chốt ngày 14 hằng tháng; từ 1 đến 28) hoặc cut = \"calendar\" (theo tháng dương lịch)",
        "write cut = 14 (a month ends on its 14th; 1 to 28) or cut = \"calendar\""
    }
    bad_due(text) {
        "không hiểu hạn báo cáo `{text}`", "the due day `{text}` cannot be understood";
        "viết due = 1 (một ngày sau ngày cuối kỳ, từ 0 đến 366) hoặc due = \"12-16\" (ngày 16 tháng 12)",
        "write due = 1 (a day after the period's last, 0 to 366) or due = \"12-16\" (16 December)"
    }
    bad_due_days(text) {
        "không hiểu hạn báo cáo `{text}`", "the due day `{text}` cannot be understood";
        "báo cáo tháng, quý: viết số ngày sau ngày cuối kỳ, từ 0 đến 366: due = 3",
        "of a month or quarter, write how many days after its last, 0 to 366: due = 3"
    }
    campaign_of_period() {
        "báo cáo tháng, quý không kèm `campaign`", "a report of a month or quarter has no `campaign`";
        "bỏ dòng này, hoặc viết period = \"campaign\" (báo cáo của đợt) hay period = \"year\" (năm chốt vào ngày cuối của đợt)",
        "leave it out, or write period = \"campaign\" (the campaign's own report) or period = \"year\" (a year that closes with it)"
    }
    no_letterhead() {
        "`to` cần có bảng [letterhead]", "`to` needs a table [letterhead]";
        "thêm [letterhead] có commune = \"xã …\"", "add [letterhead] with commune = \"…\""
    }
    long_airtime() {
        "thời lượng của một kỳ phải lớn hơn 0, không quá 10.000 giờ", "the airtime of a period is more than nothing and at most 10,000 hours";
        "viết \"5h20m\" hoặc \"320m\"", "write \"5h20m\" or \"320m\""
    }
    from_after_until() {
        "ngày kết thúc trước ngày bắt đầu", "the last day comes before the first";
        "`from` là ngày đầu, `until` là ngày cuối (tính cả ngày đó)", "`from` is the first day, `until` the last, itself included"
    }
}

/// The fields of a cron, from the first.
pub fn cron_field_name(index: usize, lang: Language) -> &'static str {
    let vi = ["giây", "phút", "giờ", "ngày", "tháng", "thứ", "năm"];
    let en = ["second", "minute", "hour", "day of the month", "month", "day of the week", "year"];
    lang.pick(vi, en).get(index.saturating_sub(1)).copied().unwrap_or("?")
}
