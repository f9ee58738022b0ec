//! Those who run a server: who gets in, what each may do, and what that does to who plays.

mod cli;
mod console;
mod deeds;
mod door;
mod office;
mod reports;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use shared::{
    defs::ShipClass,
    protocol::{ClientMessage, codec},
};
use tokio_tungstenite::{
    connect_async,
    tungstenite::{Error, Message, client::IntoClientRequest},
};

use crate::{
    clients::{Socket, knock as hello_as},
    running::{Reply, Running, ask_raw, in_time},
};

const PASSWORD: &str = "correct horse battery";

/// A page of somebody of the staff.
struct Page {
    cookie: String,
    socket: Socket,
    next_id: i64,
}

/// A connection with a slot, of this browser.
async fn seated(server: &Running, profile: u8, name: &str) -> Socket {
    let mut socket = hello_as(server.address, Some(profile), None).await.expect("welcome");
    let play = ClientMessage::Play { name: name.into(), class: ShipClass::Spark };
    socket.send(Message::Binary(codec::encode_client(&play).into())).await.expect("sent");
    socket
}

/// A request as our own page sends it, with or without a cookie.
async fn post(server: &Running, path: &str, cookie: &str, body: &Value) -> Reply {
    let address = server.address;
    let own = format!("Origin: http://{address}\r\nContent-Type: application/json\r\nCookie: {cookie}\r\n");
    send(server, path, &own, &body.to_string()).await
}

/// A request with these header lines.
async fn send(server: &Running, path: &str, lines: &str, body: &str) -> Reply {
    let (address, length) = (server.address, body.len());
    let head = format!("POST {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nContent-Length: {length}\r\n");
    ask_raw(address, format!("{head}{lines}\r\n{body}").as_bytes()).await
}

async fn me(server: &Running, cookie: &str) -> Reply {
    server.ask("GET", "/admin/me", &format!("Cookie: {cookie}\r\n")).await
}

fn parsed(reply: &Reply) -> Value {
    serde_json::from_slice(&reply.body).unwrap_or_else(|_| panic!("JSON: {}", reply.text()))
}

/// The cookie of an answer, to be sent back.
fn cookie_of(reply: &Reply) -> String {
    assert_eq!(reply.status, 204, "{}", reply.text());
    reply.header("set-cookie").split(';').next().unwrap().to_owned()
}

fn token_in(link: &str) -> &str {
    link.split_once("#token=").unwrap_or_else(|| panic!("no token in {link}")).1.trim()
}

/// The cookie of an owner who came by the first token.
async fn owner(server: &Running) -> String {
    let link = server.admin_link().await.expect("the page is on");
    cookie_of(&post(server, "/admin/login", "", &json!({ "token": token_in(&link) })).await)
}

/// The status of an upgrade with these headers, or the socket.
async fn knock(server: &Running, headers: &[(&'static str, &str)]) -> Result<Socket, u16> {
    let mut request = format!("ws://{}/admin/socket", server.address).into_client_request().unwrap();
    for (name, value) in headers {
        request.headers_mut().insert(*name, value.parse().unwrap());
    }
    match in_time("an answer", connect_async(request)).await {
        Ok((socket, _)) => Ok(socket),
        Err(Error::Http(response)) => Err(response.status().as_u16()),
        Err(error) => panic!("{error}"),
    }
}

impl Page {
    async fn open(server: &Running, cookie: &str) -> Page {
        let own = format!("http://{}", server.address);
        let headers = [("origin", own.as_str()), ("cookie", cookie), ("sec-websocket-protocol", "perihelion-admin")];
        let socket = knock(server, &headers).await.expect("upgrades");
        Page { cookie: cookie.to_owned(), socket, next_id: 1 }
    }

    /// Of an owner without a name.
    async fn of_owner(server: &Running) -> Page {
        Page::open(server, &owner(server).await).await
    }

    async fn send(&mut self, wish: &Value) {
        self.socket.send(Message::Text(wish.to_string().into())).await.expect("sent");
    }

    /// The next message that says it is `what`.
    async fn told(&mut self, what: &str) -> Value {
        in_time(what, async {
            loop {
                let message = self.socket.next().await.expect("open").expect("whole");
                if let Message::Text(text) = message {
                    let told: Value = serde_json::from_str(&text).expect("JSON");
                    if told["is"] == what {
                        return told;
                    }
                }
            }
        })
        .await
    }

    /// The next one of which that is so.
    async fn until(&mut self, what: &str, is_so: impl Fn(&Value) -> bool) -> Value {
        in_time(what, async {
            loop {
                let told = self.told(what).await;
                if is_so(&told) {
                    return told;
                }
            }
        })
        .await
    }

    /// Whether a command was carried out, and the answer.
    async fn run(&mut self, line: &str) -> (bool, String) {
        let id = self.next_id;
        self.next_id += 1;
        self.send(&json!({ "do": "run", "id": id, "line": line, "room": "main" })).await;
        let answer = self.until("answer", |told| told["id"] == id).await;
        (answer["ok"] == true, answer["text"].as_str().unwrap().to_owned())
    }

    /// The same for one that has to be carried out.
    async fn done(&mut self, line: &str) -> String {
        let (ok, text) = self.run(line).await;
        assert!(ok, "{line}: {text}");
        text
    }
}
