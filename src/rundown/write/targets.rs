//! The forecast of a campaign against its targets: as the operator reads it, as JSON, as CSV.

use serde::Serialize;

use crate::lang::table::{ScreenWidth, Set, TableLayout};
use crate::lang::{Language, targets as words};
use crate::plan::{Amount, Plan};
use crate::rundown::forecast::{CampaignForecast, TopicForecast};

/// On a screen of so many columns.
pub fn table(plan: &Plan, forecast: &CampaignForecast, lang: Language, screen: ScreenWidth) -> String {
    let mut text = format!("{}\n\n", words::title(lang, name(plan, forecast), forecast.from, forecast.until));
    if forecast.topics.is_empty() {
        return text + words::no_targets(lang) + "\n";
    }
    let mut rows = vec![words::heads(lang).map(str::to_owned).to_vec()];
    rows.extend(forecast.topics.iter().map(|topic| row(plan, topic, lang)));
    let layout = TableLayout::of(&[Set::Wrapped, Set::Right, Set::Right, Set::Right, Set::Left], &rows, screen);
    rows.iter().for_each(|row| text += &layout.row(row));
    let hit = forecast.topics.iter().filter(|topic| topic.missing() == 0).count();
    text + "\n" + &words::sum(lang, hit, forecast.topics.len()) + "\n"
}

fn row(plan: &Plan, topic: &TopicForecast, lang: Language) -> Vec<String> {
    let amount = |amount: i64| match topic.target.amount {
        Amount::Airings(_) => words::airings(lang, amount),
        Amount::Airtime(_) => words::airtime(lang, amount),
    };
    let result = if topic.missing() == 0 { words::hit(lang).to_owned() } else { words::missing(lang, &amount(topic.missing())) };
    let name = plan.topics.iter().find(|known| known.id == topic.topic).map(|known| &known.name);
    let name = name.map_or(topic.topic.as_str(), |name| lang.pick(&name.vi, name.en.as_ref().unwrap_or(&name.vi)));
    vec![name.to_owned(), amount(topic.wanted), amount(topic.aired), amount(topic.in_all), result]
}

fn name<'p>(plan: &'p Plan, forecast: &'p CampaignForecast) -> &'p str {
    plan.campaign(&forecast.campaign).map_or(forecast.campaign.as_str(), |campaign| &campaign.name)
}

#[derive(Serialize)]
struct ForecastJson {
    campaign: String,
    name: String,
    from: String,
    until: String,
    topics: Vec<TopicJson>,
}

/// Amounts are airings, or milliseconds of airtime, as `unit` says.
#[derive(Serialize)]
struct TopicJson {
    topic: String,
    unit: &'static str,
    target: i64,
    aired: i64,
    forecast: i64,
    missing: i64,
    hit: bool,
}

fn unit(topic: &TopicForecast) -> &'static str {
    match topic.target.amount {
        Amount::Airings(_) => "airings",
        Amount::Airtime(_) => "ms",
    }
}

/// The document, with a line break at its end.
pub fn json(plan: &Plan, forecast: &CampaignForecast) -> Result<String, serde_json::Error> {
    let topic = |topic: &TopicForecast| TopicJson {
        topic: topic.topic.to_string(),
        unit: unit(topic),
        target: topic.wanted,
        aired: topic.aired,
        forecast: topic.in_all,
        missing: topic.missing(),
        hit: topic.missing() == 0,
    };
    let document = ForecastJson {
        campaign: forecast.campaign.to_string(),
        name: name(plan, forecast).to_owned(),
        from: forecast.from.to_string(),
        until: forecast.until.to_string(),
        topics: forecast.topics.iter().map(topic).collect(),
    };
    serde_json::to_string_pretty(&document).map(|text| text + "\n")
}

/// # Errors
/// Only if memory cannot be written to.
pub fn csv(forecast: &CampaignForecast) -> Result<String, csv::Error> {
    let mut csv = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    csv.write_record(["campaign", "from", "until", "topic", "unit", "target", "aired", "forecast", "missing"])?;
    for topic in &forecast.topics {
        let (from, until) = (forecast.from.to_string(), forecast.until.to_string());
        let amounts = [topic.wanted, topic.aired, topic.in_all, topic.missing()].map(|amount| amount.to_string());
        let ids = [forecast.campaign.as_str(), &from, &until, topic.topic.as_str(), unit(topic)];
        csv.write_record(ids.into_iter().chain(amounts.iter().map(String::as_str)))?;
    }
    let bytes = csv.into_inner().map_err(|error| error.into_error())?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
