//! Coming in with a PIN, going out, and in which language.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use crate::console::access::NotLetIn;
use crate::console::access::sessions::LASTING;
use crate::console::guard::COOKIE;
use crate::console::page::{PageFrame, Tab, cookie, language, show, trouble};
use crate::console::pages::form::{Filled, back};
use crate::console::site::SharedSite;
use crate::lang::Language;
use crate::lang::console::{self as phrases, words};

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignInPage {
    p: PageFrame,
    names: Vec<String>,
    name: String,
    wrong: Option<String>,
}

#[derive(Deserialize)]
pub struct SignInForm {
    name: String,
    pin: String,
}

pub async fn page(State(site): State<SharedSite>, headers: HeaderMap) -> Response {
    form(&site, language(&site.window, &headers), StatusCode::OK, String::new(), None)
}

fn form(site: &SharedSite, lang: Language, status: StatusCode, name: String, wrong: Option<String>) -> Response {
    let p = PageFrame::new(&site.window, lang, None, Tab::Other, words(lang).sign_in);
    let names = site.access.people().unwrap_or_default().into_iter().map(|person| person.name).collect();
    show(status, &SignInPage { p, names, name, wrong })
}

pub async fn sign_in(State(site): State<SharedSite>, headers: HeaderMap, Filled(filled): Filled<SignInForm>) -> Response {
    let lang = language(&site.window, &headers);
    match site.access.let_in(filled.name.trim(), filled.pin.trim()).await {
        Ok(token) => {
            let kept = format!("{COOKIE}={}; Path=/; Max-Age={}; HttpOnly; SameSite=Strict", token.as_str(), LASTING.as_secs());
            with_cookie(Redirect::to("/").into_response(), &kept)
        }
        Err(why) => {
            let status = match &why {
                NotLetIn::Wait(_) => StatusCode::TOO_MANY_REQUESTS,
                NotLetIn::Wrong => StatusCode::FORBIDDEN,
                NotLetIn::Failed(_) => StatusCode::INTERNAL_SERVER_ERROR,
            };
            form(&site, lang, status, filled.name, Some(why_not(lang, &why)))
        }
    }
}

/// Why somebody was not let in, and what to do.
pub fn why_not(lang: Language, why: &NotLetIn) -> String {
    match why {
        NotLetIn::Wait(wait) => phrases::wait(lang, wait.as_secs().div_ceil(60).max(1)),
        NotLetIn::Wrong => phrases::wrong_pin(lang).to_owned(),
        NotLetIn::Failed(error) => phrases::people(lang, &error.to_string()),
    }
}

pub async fn sign_out(State(site): State<SharedSite>, headers: HeaderMap) -> Response {
    site.access.let_out(cookie(&headers, COOKIE));
    with_cookie(Redirect::to("/").into_response(), &format!("{COOKIE}=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict"))
}

pub async fn choose_language(State(site): State<SharedSite>, headers: HeaderMap, Path(lang): Path<String>) -> Response {
    if lang != "vi" && lang != "en" {
        let lang = language(&site.window, &headers);
        return trouble(&site.window, lang, false, StatusCode::NOT_FOUND, phrases::no_such_page(lang));
    }
    let from = headers.get(header::REFERER).and_then(|from| from.to_str().ok());
    // `http://host/path`: the path alone.
    let path = from.and_then(|from| from.split_once("//")).and_then(|(_, rest)| rest.find('/').map(|at| &rest[at..]));
    let kept = format!("lang={lang}; Path=/; Max-Age=31536000; HttpOnly; SameSite=Strict");
    with_cookie(Redirect::to(back(path.unwrap_or("/"))).into_response(), &kept)
}

fn with_cookie(mut response: Response, cookie: &str) -> Response {
    if let Ok(value) = HeaderValue::from_str(cookie) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
    response
}
