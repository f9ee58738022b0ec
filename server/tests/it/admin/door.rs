//! Who gets in.

use super::*;
use crate::clients::closed;
use server::config::door::StaffDoor;

#[tokio::test]
async fn a_token_signs_in_once_and_a_password_from_then_on() {
    let server = Running::start();
    let link = server.admin_link().await.unwrap();
    assert!(link.starts_with(&format!("http://localhost:{}/admin#token=", server.address.port())), "{link}");
    let by_token = json!({ "token": token_in(&link) });
    let reply = post(&server, "/admin/login", "", &by_token).await;
    let line = reply.header("set-cookie");
    for part in ["; HttpOnly", "; SameSite=Strict", "; Path=/admin", "; Max-Age=43200"] {
        assert!(line.contains(part), "{part} in {line}");
    }
    assert!(!line.contains("Secure"), "over http no cookie would come back: {line}");
    let cookie = cookie_of(&reply);
    assert_eq!(post(&server, "/admin/login", "", &by_token).await.status, 401, "it is used up");
    let who = parsed(&me(&server, &cookie).await);
    assert_eq!((&who["name"], &who["role"], &who["has_password"]), (&json!(""), &json!("owner"), &json!(false)));
    let kick = who["commands"].as_array().unwrap().iter().find(|command| command["name"] == "kick").unwrap();
    assert_eq!(kick["args"][0], json!({ "name": "player", "kind": "player", "optional": false }));
    for (body, status) in [
        (json!({ "name": "Anna", "password": "short" }), 400),
        (json!({ "name": "A n n a", "password": PASSWORD }), 409),
        (json!({ "name": "Anna" }), 400),
        (json!({ "name": "Anna", "password": PASSWORD }), 204),
        (json!({ "name": "other", "password": PASSWORD }), 409),
    ] {
        assert_eq!(post(&server, "/admin/password", &cookie, &body).await.status, status, "{body}");
    }
    let who = parsed(&me(&server, &cookie).await);
    assert_eq!((&who["name"], &who["has_password"]), (&json!("anna"), &json!(true)));
    assert!(!server.admin_link().await.unwrap().contains('#'), "an owner can sign in by name");
    let login = |name: &str, password: &str| json!({ "name": name, "password": password });
    let second = cookie_of(&post(&server, "/admin/login", "", &login("ANNA", PASSWORD)).await);
    for wrong in [login("anna", "wrong horse battery"), login("nobody", PASSWORD)] {
        let reply = post(&server, "/admin/login", "", &wrong).await;
        assert_eq!((reply.status, &parsed(&reply)["error"]), (401, &json!("that is not right, or no longer")));
    }
    assert_eq!(post(&server, "/admin/logout", &second, &json!({})).await.status, 204);
    assert_eq!((me(&server, &second).await.status, me(&server, &cookie).await.status), (401, 200));
}

#[tokio::test]
async fn a_cookie_is_secure_where_the_page_came_by_https() {
    let server = Running::start();
    let link = server.admin_link().await.unwrap();
    let body = json!({ "token": token_in(&link) }).to_string();
    // As behind a proxy that ends TLS and leaves the host as it is.
    let lines = "Origin: https://play.example\r\nContent-Type: application/json\r\n";
    let head = format!(
        "POST /admin/login HTTP/1.1\r\nHost: play.example\r\nConnection: close\r\nContent-Length: {}\r\n",
        body.len()
    );
    let reply = ask_raw(server.address, format!("{head}{lines}\r\n{body}").as_bytes()).await;
    assert!(reply.header("set-cookie").ends_with("; Secure"), "{reply:?}");
}

#[tokio::test]
async fn another_site_can_send_nothing_that_counts() {
    let server = Running::start();
    let cookie = owner(&server).await;
    let own = format!("Origin: http://{}\r\n", server.address);
    let with = |origin: &str, kind: &str| format!("{origin}Content-Type: {kind}\r\nCookie: {cookie}\r\n");
    let new = json!({ "name": "eve", "password": PASSWORD }).to_string();
    let long = format!("{{\"name\":\"{}\"}}", "x".repeat(5_000));
    for (what, lines, body, status) in [
        ("a cookie without an origin", with("", "application/json"), new.as_str(), 403),
        ("another origin", with("Origin: https://evil.example\r\n", "application/json"), new.as_str(), 403),
        ("no origin at all", with("Origin: null\r\n", "application/json"), new.as_str(), 403),
        ("a form", with(&own, "application/x-www-form-urlencoded"), new.as_str(), 415),
        ("plain text", with(&own, "text/plain"), new.as_str(), 415),
        ("no JSON", with(&own, "application/json"), "{\"name\":", 400),
        ("other JSON", with(&own, "application/json"), "[[[[[[1]]]]]]", 400),
        ("too much", with(&own, "application/json"), long.as_str(), 413),
    ] {
        let reply = send(&server, "/admin/password", &lines, body).await;
        assert_eq!(reply.status, status, "{what}: {}", reply.text());
        assert!(parsed(&reply)["error"].is_string(), "{what}");
    }
    assert_eq!(parsed(&me(&server, &cookie).await)["name"], "", "nothing has changed");
    assert_eq!(post(&server, "/admin/nothing", &cookie, &json!({})).await.status, 404);
    for bad in ["", "perihelion_staff=", "perihelion_staff=00", &cookie[..cookie.len() - 2], "a; b=c; ;=;;"] {
        assert_eq!(me(&server, bad).await.status, 401, "{bad:?}");
    }
    let own = format!("http://{}", server.address);
    let protocol = ("sec-websocket-protocol", "perihelion-admin");
    for (what, headers, status) in [
        ("no origin", vec![("cookie", cookie.as_str()), protocol], 403),
        ("another origin", vec![("origin", "http://evil.example"), ("cookie", cookie.as_str()), protocol], 403),
        ("no cookie", vec![("origin", own.as_str()), protocol], 401),
        ("no protocol", vec![("origin", own.as_str()), ("cookie", cookie.as_str())], 400),
    ] {
        assert_eq!(knock(&server, &headers).await.map(drop), Err(status), "{what}");
    }
}

#[tokio::test]
async fn a_sixth_wrong_try_is_one_too_many() {
    let server = Running::start();
    let wrong = json!({ "name": "anna", "password": "guess" });
    for _ in 0..5 {
        assert_eq!(post(&server, "/admin/login", "", &wrong).await.status, 401);
    }
    let reply = post(&server, "/admin/login", "", &wrong).await;
    assert_eq!((reply.status, reply.header("retry-after")), (429, "180"));
    let token = json!({ "token": token_in(&server.admin_link().await.unwrap()) });
    assert_eq!(post(&server, "/admin/login", "", &token).await.status, 204, "whoever has a token guesses nothing");
}

#[tokio::test]
async fn the_page_is_where_the_settings_say() {
    let on = Running::start();
    let page = on.get("/admin").await;
    assert!(page.text().contains("Perihelion: admin"), "{}", page.text());
    assert!(page.header("content-security-policy").contains("default-src 'none'"));
    let off = Running::start_set(|_| {}, |set| set.admin = StaffDoor::Off);
    assert_eq!(off.admin_link().await, None);
    let own = Running::start_set(|_| {}, |set| set.admin = StaffDoor::At("127.0.0.1:0".parse().unwrap()));
    for server in [&off, &own] {
        for path in ["/admin", "/admin.html", "/admin/me", "/admin/socket"] {
            assert_eq!(server.get(path).await.status, 404, "{path}");
        }
        assert_eq!(post(server, "/admin/login", "", &json!({})).await.status, 405, "a file is only read");
    }
    let link = own.admin_link().await.unwrap();
    let port: u16 = link.split(['/', ':']).find_map(|part| part.parse().ok()).unwrap();
    let at = std::net::SocketAddr::from(([127, 0, 0, 1], port));
    let get = async |path: &str| {
        ask_raw(at, format!("GET {path} HTTP/1.1\r\nHost: {at}\r\nConnection: close\r\n\r\n").as_bytes()).await
    };
    for path in ["/", "/admin"] {
        assert!(get(path).await.text().contains("Perihelion: admin"), "{path}");
    }
    assert_eq!(
        (get("/admin/me").await.status, get("/ws").await.status, get("/status.json").await.status),
        (401, 404, 404)
    );
}

#[tokio::test]
async fn nonsense_ends_a_socket_and_so_does_the_end_of_its_session() {
    let server = Running::start();
    let cookie = owner(&server).await;
    for nonsense in [
        Message::Text("".into()),
        Message::Text("{".into()),
        Message::Text("{\"do\":\"shutdown\"}".into()),
        Message::Text("{\"do\":\"run\",\"id\":\"x\",\"line\":[]}".into()),
        Message::Text("[".repeat(4_000).into()),
        Message::Binary(vec![0; 10].into()),
    ] {
        let mut page = Page::open(&server, &cookie).await;
        page.socket.send(nonsense).await.expect("sent");
        assert_eq!(closed(&mut page.socket).await.0, 1003);
    }
    let mut page = Page::open(&server, &cookie).await;
    page.done("help").await;
    post(&server, "/admin/logout", &page.cookie, &json!({})).await;
    assert_eq!(closed(&mut page.socket).await.0, 1008);
}

#[tokio::test]
async fn a_page_that_does_not_read_is_let_go_and_holds_nobody_up() {
    let server = Running::start_with(|limits| limits.write_timeout = std::time::Duration::from_millis(300));
    let mut reading = Page::of_owner(&server).await;
    let cookie = reading.cookie.clone();
    // Its kernel takes next to nothing in, and it takes nothing of that.
    let slow = tokio::net::TcpSocket::new_v4().unwrap();
    slow.set_recv_buffer_size(4_096).unwrap();
    let stream = in_time("a connection", slow.connect(server.address)).await.unwrap();
    let own = format!("http://{}", server.address);
    let mut request = format!("ws://{}/admin/socket", server.address).into_client_request().unwrap();
    for (name, value) in [("origin", own.as_str()), ("cookie", &cookie), ("sec-websocket-protocol", "perihelion-admin")]
    {
        request.headers_mut().insert(name, value.parse().unwrap());
    }
    let (mut socket, _) = in_time("an upgrade", tokio_tungstenite::client_async(request, stream)).await.unwrap();
    in_time("the end of the connection", async {
        loop {
            let help = json!({ "do": "run", "id": 1, "line": "help" }).to_string();
            if socket.send(Message::Text(help.into())).await.is_err() {
                return;
            }
        }
    })
    .await;
    reading.done("rooms").await;
    reading.told("figures").await;
    assert_eq!(server.get("/healthz").await.status, 200);
}

#[tokio::test]
async fn a_full_server_refuses_a_player_and_takes_staff() {
    let server = Running::start_with(|limits| (limits.sessions_max, limits.sessions_reserved) = (2, 1));
    let link = server.admin_link().await.unwrap();
    let body = json!({ "token": token_in(&link) }).to_string();
    let address = server.address;
    let head = format!(
        "POST /admin/login HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nContent-Length: {}\r\n",
        body.len()
    );
    let lines = format!("Origin: http://{address}\r\nContent-Type: application/json\r\n");
    let reply = ask_raw(address, format!("{head}{lines}\r\n{body}").as_bytes()).await;
    let cookies = &reply.cookies;
    let find = |name: &str| cookies.iter().find(|line| line.starts_with(name)).expect("a cookie").clone();
    let pass = find("perihelion_pass=");
    assert!(pass.contains("; Path=/ws; HttpOnly; SameSite=Strict"), "{pass}");
    let value = |line: &str| line.split(';').next().unwrap().to_owned();
    let pass = value(&pass);
    let session = value(&find("perihelion_staff="));
    assert_ne!(pass.split_once('=').unwrap().1, session.split_once('=').unwrap().1);
    let knock = async |cookie: &str| {
        let mut request = format!("ws://{address}/ws").into_client_request().unwrap();
        request.headers_mut().insert("cookie", cookie.parse().unwrap());
        match in_time("an answer", connect_async(request)).await {
            Ok((socket, _)) => Ok(socket),
            Err(Error::Http(response)) => Err(response.status().as_u16()),
            Err(error) => panic!("{error}"),
        }
    };
    assert_eq!(server.get("/readyz").await.status, 200);
    let _player = knock("").await.expect("there is a place");
    assert_eq!(server.get("/readyz").await.status, 503, "no other player would have one");
    for cookie in ["", "perihelion_pass=00", &pass.replace("pass=", "staff="), &session, &pass[..40]] {
        assert_eq!(knock(cookie).await.err(), Some(503), "{cookie}");
    }
    let _staff = knock(&pass).await.expect("that place is for staff");
    assert_eq!(knock(&pass).await.err(), Some(503), "and there is no more");
    assert_eq!(me(&server, &pass.replace("pass=", "staff=")).await.status, 401, "a pass opens nothing else");
}
