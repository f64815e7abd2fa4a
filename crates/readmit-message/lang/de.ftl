# Deutsch

missing_credentials =
    .title = Anmeldung erforderlich
    .user = Sie sind nicht angemeldet, und der Dienst muss wissen, wer anfragt.
    .user-action = Melden Sie sich an und versuchen Sie es dann noch einmal.
    .developer = Die Anfrage enthielt keine Zugangsdaten, und die API verlangt welche.
    .developer-action = Geben Sie dem Client Zugangsdaten und senden Sie die Anfrage dann noch einmal.
    .administrator = Ein Programm ruft die API ohne Zugangsdaten auf.
    .administrator-action = Geben Sie dem Programm eigene Zugangsdaten.
    .causes =
        Es sind keine Zugangsdaten eingerichtet, oder die Variable dafür ist leer.
        Ein Proxy oder eine Weiterleitung zu einem anderen Host hat die Zugangsdaten unterwegs entfernt.
    .cures =
        Richten Sie Zugangsdaten ein und prüfen Sie, aus welcher Quelle das Programm sie liest.
        Rufen Sie den Host selbst auf und lassen Sie den Proxy den Header durchreichen.
    .prevention = Prüfen Sie beim Start, ob Zugangsdaten da sind, und melden Sie, wenn sie fehlen.
invalid_credentials =
    .title = Anmeldung nicht angenommen
    .user = Der Dienst hat die Anmeldedaten nicht angenommen.
    .user-action = Prüfen Sie die Angaben und melden Sie sich noch einmal an.
    .developer = Die API hat geantwortet und nimmt die gesendeten Zugangsdaten nicht an.
    .developer-action = Authentifizieren Sie sich neu oder ersetzen Sie die eingerichteten Zugangsdaten; dieselben werden wieder abgelehnt.
    .administrator = Die API lehnt die Zugangsdaten dieses Programms ab.
    .administrator-action = Prüfen Sie, ob die Zugangsdaten widerrufen oder ersetzt wurden, und stellen Sie dann neue aus.
    .causes =
        Die Zugangsdaten wurden widerrufen oder durch andere ersetzt.
        Die Zugangsdaten gehören zu einer anderen Umgebung, Zielgruppe oder einem anderen Konto.
        Der Wert wurde abgeschnitten oder enthält ein Leerzeichen oder einen Zeilenumbruch.
    .cures =
        Stellen Sie neue Zugangsdaten aus und richten Sie sie ein.
        Vergleichen Sie Host und Zielgruppe mit denen, für die die Zugangsdaten ausgestellt sind.
        Kopieren Sie den Wert noch einmal, vollständig und ohne Leerzeichen am Rand.
    .prevention = Wechseln Sie Zugangsdaten mit einer Übergangszeit und halten Sie die der Umgebungen getrennt.
token_expired =
    .title = Sitzung abgelaufen
    .user = Ihre Sitzung ist beendet, weil ihre Zeit abgelaufen ist.
    .user-action = Melden Sie sich wieder an und machen Sie dort weiter, wo Sie waren.
    .developer = Das Access-Token ist abgelaufen.
    .developer-action = Erneuern Sie das Token und senden Sie die Anfrage dann noch einmal.
    .administrator = Das Access-Token dieses Programms ist abgelaufen und wurde nicht rechtzeitig erneuert.
    .administrator-action = Prüfen Sie, ob das Programm seine Token erneuern darf und ob seine Sitzung lange genug gilt.
    .causes =
        Die Gültigkeit des Tokens endete, bevor es erneuert wurde.
        Die Uhr dieses Rechners geht nach, deshalb wirkte das Token noch frisch.
    .cures =
        Erneuern Sie das Token, oder authentifizieren Sie sich neu, wenn es nichts zum Erneuern gibt.
        Stellen Sie die Uhr nach einem Zeitserver.
    .prevention = Erneuern Sie Token einige Zeit vor ihrem Ablauf.
challenge_nonce =
    .title = Noch eine Prüfung nötig
    .user = Der Dienst hat vor seiner Antwort noch eine Prüfung verlangt.
    .user-action = Versuchen Sie es noch einmal.
    .developer = Die API verlangt ihre eigene, frische Nonce im Besitznachweis (RFC 9449).
    .developer-action = Senden Sie die Anfrage noch einmal mit einem neuen Nachweis, der die Nonce dieser Antwort enthält.
    .administrator = Die API verlangt Nachweise mit einer frischen Nonce, und das Programm hat einen ohne sie gesendet.
    .administrator-action = Sorgen Sie dafür, dass Proxys den Header DPoP-Nonce durchreichen.
    .causes =
        Es war der erste Nachweis für diesen Server, oder dessen Nonce wurde ersetzt.
        Ein Proxy hat den Header mit der Nonce entfernt.
    .cures =
        Wiederholen Sie die Anfrage einmal mit der Nonce aus der Antwort.
        Lassen Sie den Proxy den Header durchreichen.
    .prevention = Merken Sie sich die letzte Nonce jedes Servers und übernehmen Sie neue aus jeder Antwort.
clock_skew =
    .title = Uhr geht falsch
    .user = Die Uhr dieses Geräts und die des Dienstes weichen zu weit voneinander ab.
    .user-action = Lassen Sie Datum und Uhrzeit dieses Geräts automatisch einstellen und versuchen Sie es dann noch einmal.
    .developer = Die Uhren von Client und Server weichen für eine signierte oder datierte Anfrage zu weit voneinander ab.
    .developer-action = Berichtigen Sie die Uhr oder den Versatz, mit dem Anfragen datiert werden, und senden Sie die Anfrage dann noch einmal.
    .administrator = Die Uhr des Rechners, auf dem dieses Programm läuft, geht zu weit falsch.
    .administrator-action = Lassen Sie den Rechner seine Zeit von einem Zeitserver beziehen.
    .causes =
        Der Rechner bezieht seine Zeit nicht von einem Zeitserver.
        Ein Rechner, der schlief oder aus einem Abbild wiederhergestellt wurde, hat seine alte Zeit behalten.
    .cures =
        Stellen Sie die Uhr nach einem Zeitserver.
        Lassen Sie die Zeit neu stellen, wenn ein Rechner aufwacht oder wiederhergestellt wird.
    .prevention = Überwachen Sie, wie weit die Uhren Ihrer Rechner abweichen.
step_up_required =
    .title = Bitte bestätigen Sie, wer Sie sind
    .user = Für diesen Schritt müssen Sie noch einmal oder auf stärkere Weise bestätigen, wer Sie sind.
    .user-action = Melden Sie sich nach Aufforderung wieder an, etwa mit einem zweiten Faktor, und wiederholen Sie dann den Schritt.
    .developer = Die API verlangt, dass sich die Person neu oder stärker authentifiziert (RFC 9470).
    .developer-action = Führen Sie die Person mit den verlangten acr_values und max_age durch die Anmeldung und senden Sie die Anfrage dann noch einmal.
    .administrator = Eine Richtlinie verlangt für diesen Vorgang eine frischere oder stärkere Anmeldung.
    .administrator-action = Prüfen Sie, ob die Person die Richtlinie erfüllen kann, etwa einen zweiten Faktor hat.
    .causes =
        Die letzte Anmeldung liegt für diesen Vorgang zu lange zurück.
        Die Anmeldung war schwächer, als die Richtlinie verlangt.
    .cures =
        Lassen Sie die Person sich neu anmelden.
        Lassen Sie die Person einen zweiten Faktor einrichten.
    .prevention = Verlangen Sie die stärkere Anmeldung schon vor Vorgängen, die sie bekanntlich brauchen.
insufficient_permissions =
    .title = Nicht erlaubt
    .user = Sie sind angemeldet, aber Ihr Konto darf das nicht.
    .user-action = Bitten Sie Ihre Administration um Zugriff. Eine neue Anmeldung ändert daran nichts.
    .developer = Die API weiß, wer anfragt, und erlaubt diesen Vorgang nicht.
    .developer-action = Beantragen Sie die fehlende Berechtigung oder den fehlenden Scope; ein erneutes Senden ändert nichts.
    .administrator = Die API hat diesem Konto einen Vorgang verweigert.
    .administrator-action = Erteilen Sie die fehlende Berechtigung, die Rolle oder den Scope, wenn das Konto sie haben soll.
    .causes =
        Dem Konto fehlt eine Rolle oder eine Berechtigung.
        Das Token wurde ohne den Scope ausgestellt, den dieser Vorgang braucht.
        Die Ressource gehört einer anderen Organisation.
    .cures =
        Lassen Sie die Rolle oder Berechtigung von der Administration erteilen.
        Fordern Sie ein Token mit dem Scope an.
        Wechseln Sie zu der Organisation, der die Ressource gehört.
    .prevention = Prüfen Sie, was jedes Programm braucht, und erteilen Sie es vor der Inbetriebnahme.
rate_limited =
    .title = Zu viele Anfragen
    .user = Der Dienst hat in kurzer Zeit mehr Anfragen erhalten, als er annimmt.
    .user-action = Warten Sie ein wenig und versuchen Sie es dann noch einmal.
    .developer = In zu kurzer Zeit wurden zu viele Anfragen gesendet.
    .developer-action = Warten Sie so lange, wie die API verlangt, und senden Sie die Anfrage dann noch einmal.
    .administrator = Die Programme dieses Kontos senden mehr Anfragen, als die Grenze der API erlaubt.
    .administrator-action = Verteilen Sie die Last über die Zeit oder bitten Sie den Anbieter um eine höhere Grenze.
    .causes =
        Viele Anfragen wurden auf einmal gesendet.
        Mehrere Programme teilen sich ein Konto und dessen Grenze.
    .cures =
        Senden Sie Anfragen in Abständen und warten Sie so lange, wie der Server verlangt.
        Geben Sie jedem Programm ein eigenes Konto oder lassen Sie die Programme einen Begrenzer teilen.
    .prevention = Bleiben Sie unter der Grenze, die die API in ihren Headern nennt.
quota_exhausted =
    .title = Kontingent aufgebraucht
    .user = Das Kontingent dieses Kontos für den Dienst ist aufgebraucht.
    .user-action = Bitten Sie Ihre Administration, es zu erhöhen, oder kommen Sie wieder, wenn es neu beginnt.
    .developer = Ein Kontingent des Kontos ist aufgebraucht; kurzes Warten bringt es nicht zurück.
    .developer-action = Senden Sie nichts mehr und lassen Sie das Kontingent erhöhen oder warten Sie, bis es neu beginnt.
    .administrator = Das Kontingent dieses Kontos ist aufgebraucht.
    .administrator-action = Erhöhen Sie den Tarif oder das Kontingent, oder finden Sie heraus, was es verbraucht hat.
    .causes =
        Das Konto hat das Kontingent seines Tarifs erreicht.
        Ein Programm verbraucht mehr als geplant.
    .cures =
        Erhöhen Sie den Tarif, oder warten Sie, bis das Kontingent neu beginnt.
        Suchen Sie das Programm im Nutzungsbericht und bremsen Sie es.
    .prevention = Richten Sie einen Alarm bei vier Fünfteln des Kontingents ein.
pending =
    .title = Noch nicht fertig
    .user = Der Dienst arbeitet noch daran.
    .user-action = Warten Sie einen Moment und sehen Sie dann noch einmal nach.
    .developer = Das Ergebnis liegt noch nicht vor.
    .developer-action = Fragen Sie nach dem Abstand wieder, den die API nennt.
    .administrator = Ein Vorgang läuft noch oder wartet darauf, dass ihn jemand bestätigt.
    .administrator-action = Bestätigen Sie ihn, wenn er auf Sie wartet; sonst ist nichts zu tun.
    .causes =
        Der Vorgang dauert länger als eine Anfrage.
        Jemand muss die Anmeldung oder den Vorgang noch bestätigen.
    .cures =
        Fragen Sie in dem Abstand nach, den der Server nennt.
        Bestätigen Sie auf dem anderen Gerät.
    .prevention = Fragen Sie nicht schneller nach, als der Server erlaubt, und legen Sie fest, wann Sie aufgeben.
malformed_request =
    .title = Anfrage nicht verstanden
    .user = Der Dienst konnte nicht verstehen, was dieses Programm von ihm wollte.
    .user-action = Aktualisieren Sie das Programm; wenn das nicht hilft, melden Sie es dem Hersteller.
    .developer = Die API konnte mit der Anfrage nichts anfangen.
    .developer-action = Berichtigen Sie die Form der Anfrage: Syntax, Header, Inhaltstyp.
    .administrator = Ein Programm sendet Anfragen, die die API nicht lesen kann.
    .administrator-action = Prüfen Sie, ob die Version des Programms zu der der API passt und ob ein Proxy die Anfragen verändert.
    .causes =
        Der Inhalt ist nicht das, was sein Typ sagt, oder ein Pflichtteil fehlt.
        Ein Proxy hat die Anfrage verändert.
    .cures =
        Vergleichen Sie die Anfrage mit der Referenz der API.
        Rufen Sie die API ohne den Proxy auf, um zu sehen, ob es an ihm liegt.
    .prevention = Testen Sie den Client gegen das veröffentlichte Schema der API.
validation_failed =
    .title = Bitte etwas berichtigen
    .user = Einer der eingegebenen Werte kann nicht verwendet werden.
    .user-action = Prüfen Sie die Werte und senden Sie sie noch einmal.
    .developer = Die API hat die Anfrage verstanden, und ein Wert darin ist nicht zulässig.
    .developer-action = Berichtigen Sie den Wert, den die technischen Einzelheiten nennen, und senden Sie dann die Anfrage.
    .administrator = Die API lehnt einen Wert ab, den ein Programm sendet.
    .administrator-action = Prüfen Sie die Einstellungen des Programms und die Grenzen, die für das Konto gelten.
    .causes =
        Ein Wert fehlt, ist zu lang oder hat die falsche Form.
        Ein Wert verweist auf etwas, das es nicht gibt.
    .cures =
        Berichtigen Sie das Feld, das die Einzelheiten nennen.
        Schlagen Sie den Wert nach, bevor er verwendet wird.
    .prevention = Prüfen Sie Werte vor dem Senden nach denselben Regeln.
payload_too_large =
    .title = Zu groß
    .user = Was gesendet wurde, ist größer, als der Dienst annimmt.
    .user-action = Senden Sie weniger auf einmal oder eine kleinere Datei.
    .developer = Die Anfrage ist größer, als die API annimmt.
    .developer-action = Teilen oder komprimieren Sie die Anfrage, oder laden Sie in Teilen hoch.
    .administrator = Die API oder ein Gateway davor lehnt Anfragen dieser Größe ab.
    .administrator-action = Prüfen Sie die Größengrenzen der Gateways vor der API oder fragen Sie den Anbieter.
    .causes =
        Ein Stapel oder eine Datei ist größer als die Grenze.
        Ein Gateway unterwegs hat eine niedrigere Grenze als die API.
    .cures =
        Senden Sie kleinere Stapel oder laden Sie in Teilen hoch.
        Erhöhen Sie die Grenze des Gateways.
    .prevention = Begrenzen Sie Stapel in Bytes, nicht nur in der Anzahl.
not_found =
    .title = Nicht gefunden
    .user = Das wurde nicht gefunden. Vielleicht wurde es entfernt, oder Ihr Konto darf es nicht sehen.
    .user-action = Prüfen Sie den Namen oder den Link; wenn es da sein müsste, bitten Sie um Zugriff.
    .developer = Unter dieser Adresse ist nichts, oder nichts, was der Aufrufer sehen darf.
    .developer-action = Prüfen Sie Adresse und ID, dann, ob der Aufrufer die Ressource sehen darf.
    .administrator = Ein Programm fragt nach etwas, das es nicht gibt oder das sein Konto nicht sehen darf.
    .administrator-action = Prüfen Sie, ob die Ressource existiert und ob das Konto Zugriff auf sie hat.
    .causes =
        Die Adresse oder die ID ist falsch, oder die Ressource wurde entfernt.
        Die API verbirgt, was der Aufrufer nicht sehen darf.
    .cures =
        Suchen Sie die Ressource in einer Liste, bevor Sie sie abrufen.
        Lassen Sie dem Konto Zugriff erteilen.
    .prevention = Merken Sie sich IDs statt Namen und behandeln Sie eine fehlende Ressource als gewöhnlichen Fall.
gone =
    .title = Endgültig entfernt
    .user = Das wurde endgültig entfernt.
    .user-action = Sehen Sie nach, was an seine Stelle getreten ist.
    .developer = Was unter dieser Adresse war, wurde endgültig entfernt.
    .developer-action = Fragen Sie nicht mehr danach; entfernen Sie die Adresse oder wechseln Sie zum Nachfolger.
    .administrator = Ein Programm benutzt etwas, das der Anbieter entfernt hat.
    .administrator-action = Suchen Sie die Ankündigung der Entfernung und aktualisieren Sie das Programm.
    .causes =
        Die Ressource wurde gelöscht.
        Die Version der API wurde eingestellt.
    .cures =
        Entfernen Sie den Verweis darauf.
        Wechseln Sie zu einer Version, die angeboten wird.
    .prevention = Verfolgen Sie die Ankündigungen des Anbieters und protokollieren Sie die Header Deprecation und Sunset.
conflict =
    .title = Inzwischen geändert
    .user = Jemand anderes hat das geändert, oder es gibt es schon.
    .user-action = Laden Sie es neu, sehen Sie sich die Änderungen an und wiederholen Sie dann Ihre eigene.
    .developer = Die Anfrage widerspricht dem gegenwärtigen Zustand der Ressource.
    .developer-action = Lesen Sie die Ressource neu, entscheiden Sie, was gelten soll, und senden Sie dann eine neue Anfrage.
    .administrator = Zwei Änderungen an derselben Ressource sind sich in die Quere gekommen.
    .administrator-action = Prüfen Sie, ob zwei Programme dieselbe Ressource verwalten.
    .causes =
        Jemand anderes hat die Ressource zuerst geändert.
        Die Ressource gibt es schon, oder ein Idempotenzschlüssel wurde zweimal verwendet.
    .cures =
        Lesen Sie sie neu und wiederholen Sie die Änderung auf dem, was da ist.
        Verwenden Sie, was da ist, oder einen anderen Schlüssel.
    .prevention = Senden Sie die Version mit, auf der eine Änderung beruht, etwa mit If-Match.
server_error =
    .title = Fehler im Dienst
    .user = Im Dienst selbst ist ein Fehler aufgetreten.
    .user-action = Versuchen Sie es gleich noch einmal; wenn es anhält, melden Sie es mit der Anfragenummer.
    .developer = In der API ist beim Antworten ein Fehler aufgetreten.
    .developer-action = Senden Sie die Anfrage nach einer Pause noch einmal; wenn es anhält, melden Sie es dem Anbieter mit der Anfrage-ID.
    .administrator = Die API scheitert an eigenen Fehlern.
    .administrator-action = Sehen Sie auf der Statusseite des Anbieters nach und melden Sie die Anfrage-ID.
    .causes =
        Ein Fehler in der API.
        Eine Anfrage, der die API nicht standhält.
    .cures =
        Warten Sie, bis der Anbieter ihn behoben hat.
        Lassen Sie Teile der Anfrage weg, bis Sie den auslösenden finden, und melden Sie ihn.
    .prevention = Wiederholen Sie mit wachsenden Pausen und begrenzt, und machen Sie Schreibvorgänge wiederholbar.
unavailable =
    .title = Dienst nicht verfügbar
    .user = Der Dienst nimmt gerade keine Anfragen an.
    .user-action = Warten Sie ein wenig und versuchen Sie es dann noch einmal.
    .developer = Die API bedient gerade keine Anfragen.
    .developer-action = Senden Sie die Anfrage nach einer Pause noch einmal, nicht früher, als die API sagt.
    .administrator = Die API ist überlastet oder wird gewartet.
    .administrator-action = Sehen Sie auf der Statusseite des Anbieters nach.
    .causes =
        Wartungsarbeiten.
        Mehr Last, als der Dienst trägt.
    .cures =
        Warten Sie, bis sie vorbei sind.
        Senden Sie weniger und lassen Sie einen Schutzschalter Anfragen zurückhalten.
    .prevention = Heben Sie auf, was zuletzt gelesen wurde, damit das Programm damit weiterarbeiten kann.
gateway =
    .title = Dienst nicht erreicht
    .user = Der Weg zum Dienst ist offen, aber der Dienst dahinter hat nicht geantwortet.
    .user-action = Versuchen Sie es gleich noch einmal.
    .developer = Ein Gateway vor der API konnte von ihr keine Antwort bekommen.
    .developer-action = Senden Sie die Anfrage nach einer Pause noch einmal.
    .administrator = Ein Gateway oder Lastverteiler erreicht die API dahinter nicht.
    .administrator-action = Prüfen Sie das Gateway, wenn es Ihres ist; sonst sehen Sie auf der Statusseite des Anbieters nach.
    .causes =
        Die Server hinter dem Gateway starten neu oder sind ausgefallen.
        Das Gateway Ihres eigenen Netzes erreicht den Anbieter nicht.
    .cures =
        Warten Sie, bis sie wieder da sind.
        Prüfen Sie das Protokoll Ihres Gateways.
    .prevention = Überwachen Sie Gateways getrennt von den Diensten dahinter.
timeout =
    .title = Dienst zu langsam
    .user = Der Dienst hat zu lange für seine Antwort gebraucht.
    .user-action = Versuchen Sie es gleich noch einmal.
    .developer = Die API oder etwas davor hat das Warten aufgegeben.
    .developer-action = Senden Sie die Anfrage nach einer Pause noch einmal, oder verlangen Sie weniger auf einmal.
    .administrator = Die API antwortet nicht in ihrer eigenen Zeit.
    .administrator-action = Sehen Sie auf der Statusseite des Anbieters nach und prüfen Sie die Last, die Ihre Programme erzeugen.
    .causes =
        Der Dienst steht unter Last.
        Die Anfrage verlangt mehr, als sich rechtzeitig beantworten lässt.
    .cures =
        Versuchen Sie es später noch einmal.
        Verlangen Sie kleinere Seiten oder einen kürzeren Zeitraum.
    .prevention = Fragen Sie seitenweise und nutzen Sie asynchrone Vorgänge, wo die API sie hat.
dns =
    .title = Adresse nicht gefunden
    .user = Die Adresse des Dienstes konnte nicht nachgeschlagen werden.
    .user-action = Prüfen Sie Ihre Internetverbindung und versuchen Sie es dann noch einmal.
    .developer = Der Name des Hosts der API konnte nicht aufgelöst werden.
    .developer-action = Prüfen Sie den Hostnamen in der Konfiguration und den Resolver dieses Rechners.
    .administrator = Ein Rechner kann den Namen des Hosts der API nicht auflösen.
    .administrator-action = Prüfen Sie Resolver, private Zonen und VPN dieses Rechners.
    .causes =
        Es gibt keine Verbindung zum Internet oder zu dem VPN, das den Namen kennt.
        Der Hostname ist falsch geschrieben.
    .cures =
        Stellen Sie die Verbindung her und versuchen Sie es dann noch einmal.
        Berichtigen Sie den Hostnamen.
    .prevention = Schlagen Sie den Namen beim Programmstart nach und melden Sie, wenn das misslingt.
connect =
    .title = Keine Verbindung
    .user = Es konnte keine Verbindung zum Dienst hergestellt werden.
    .user-action = Prüfen Sie Ihre Internetverbindung und versuchen Sie es dann noch einmal.
    .developer = Es konnte keine Verbindung zur API geöffnet werden.
    .developer-action = Prüfen Sie Host, Port und Proxy und senden Sie die Anfrage dann noch einmal.
    .administrator = Ein Rechner kann sich nicht mit der API verbinden.
    .administrator-action = Prüfen Sie Firewall, Proxy und Freigabelisten zwischen dem Rechner und der API.
    .causes =
        Eine Firewall oder ein Proxy versperrt den Weg.
        An diesem Port nimmt niemand an, oder der Dienst ist ausgefallen.
    .cures =
        Lassen Sie Host und Port freigeben.
        Prüfen Sie den Port und warten Sie, bis der Dienst wieder da ist.
    .prevention = Testen Sie den Weg zur API von dort, wo das Programm laufen wird.
tls =
    .title = Keine sichere Verbindung
    .user = Es konnte keine sichere Verbindung zum Dienst hergestellt werden, deshalb wurde nichts gesendet.
    .user-action = Machen Sie in diesem Netz nicht weiter und sagen Sie Ihrer Administration Bescheid.
    .developer = Mit der API ließ sich keine vertrauenswürdige verschlüsselte Verbindung vereinbaren.
    .developer-action = Prüfen Sie das gezeigte Zertifikat, die vertrauten Wurzeln und die Uhr; schalten Sie die Prüfung nicht ab.
    .administrator = Dem Zertifikat der API, oder dem von etwas dazwischen, wird hier nicht vertraut.
    .administrator-action = Prüfen Sie das Zertifikat und die vertrauten Wurzeln, und ob ein Proxy den Verkehr öffnet.
    .causes =
        Das Zertifikat ist abgelaufen oder gilt für einen anderen Namen.
        Ein Proxy öffnet den Verkehr mit einem Zertifikat, dem hier nicht vertraut wird.
        Die Uhr des Rechners geht weit falsch.
    .cures =
        Lassen Sie das Zertifikat erneuern.
        Vertrauen Sie der Wurzel des Proxys, wo das die Richtlinie ist, oder umgehen Sie ihn.
        Stellen Sie die Uhr nach einem Zeitserver.
    .prevention = Überwachen Sie, wann Zertifikate ablaufen.
connection_lost =
    .title = Verbindung abgebrochen
    .user = Die Verbindung brach ab, bevor die Antwort vollständig war.
    .user-action = Prüfen Sie Ihre Internetverbindung und versuchen Sie es dann noch einmal.
    .developer = Die Verbindung brach während des Aufrufs ab.
    .developer-action = Senden Sie die Anfrage noch einmal, wenn ein doppelter Aufruf nicht schadet.
    .administrator = Verbindungen zur API brechen während der Benutzung ab.
    .administrator-action = Prüfen Sie die Leerlaufzeiten der Proxys und Lastverteiler auf dem Weg.
    .causes =
        Das Netz hat gewechselt oder ist ausgefallen.
        Ein Proxy hat eine Verbindung geschlossen, die er für ungenutzt hielt.
    .cures =
        Versuchen Sie es noch einmal, wenn das Netz wieder da ist.
        Benutzen Sie Verbindungen kürzer, als der Proxy erlaubt.
    .prevention = Machen Sie Schreibvorgänge mit einem Idempotenzschlüssel wiederholbar.
client_timeout =
    .title = Keine rechtzeitige Antwort
    .user = In der Zeit, die dieses Programm auf eine Antwort wartet, kam keine.
    .user-action = Versuchen Sie es gleich noch einmal.
    .developer = Innerhalb der Wartezeit des Clients kam keine Antwort.
    .developer-action = Senden Sie die Anfrage nach einer Pause noch einmal, wenn ein doppelter Aufruf nicht schadet, oder geben Sie mehr Zeit.
    .administrator = Die API antwortet nicht in der Zeit, die ein Programm ihr gibt.
    .administrator-action = Prüfen Sie Netz und Last, dann die Wartezeit des Programms.
    .causes =
        Das Netz oder der Dienst ist langsam.
        Die Wartezeit ist kürzer als die Dauer des Vorgangs.
    .cures =
        Versuchen Sie es später noch einmal.
        Setzen Sie die Wartezeit über die Dauer der langsamsten Antworten.
    .prevention = Messen Sie, wie lange Antworten dauern, und richten Sie die Wartezeiten danach.
circuit_open =
    .title = Pause nach Fehlern
    .user = Der Dienst hat mehrfach versagt, deshalb lässt dieses Programm ihm vor der nächsten Anfrage eine kurze Pause.
    .user-action = Versuchen Sie es gleich noch einmal.
    .developer = Der Schutzschalter dieses Hosts ist offen, deshalb wurde die Anfrage nicht gesendet.
    .developer-action = Warten Sie, bis der Schalter eine Probe durchlässt, und senden Sie die Anfrage dann noch einmal.
    .administrator = Ein Programm hält seine Anfragen zurück, weil die API versagt hat.
    .administrator-action = Sehen Sie sich die Fehler davor an; die Pause endet von selbst.
    .causes =
        Die API hat in kurzer Zeit zu oft versagt.
    .cures =
        Finden Sie heraus, was die Fehler davor waren; der Schalter schließt, wenn eine Probe gelingt.
    .prevention = Richten Sie einen Alarm auf öffnende Schutzschalter ein.
retries_exhausted =
    .title = Mehrere Versuche misslungen
    .user = Das wurde mehrmals ohne Erfolg versucht.
    .user-action = Versuchen Sie es später noch einmal; wenn es anhält, melden Sie es mit der Anfragenummer.
    .developer = Jeder Versuch, den die Wiederholungsregel erlaubt, ist misslungen.
    .developer-action = Sehen Sie sich den letzten Fehler an; senden Sie die Anfrage später noch einmal.
    .administrator = Ein Programm hat seine Versuche für einen Aufruf der API aufgebraucht.
    .administrator-action = Sehen Sie auf der Statusseite des Anbieters und beim letzten Fehler im Protokoll nach.
    .causes =
        Die Störung dauert länger als die Versuche.
        Das Wiederholungsbudget dieses Hosts ist ausgegeben.
    .cures =
        Versuchen Sie es später noch einmal.
        Lassen Sie das Budget sich füllen und sehen Sie nach, was es ausgegeben hat.
    .prevention = Richten Sie einen Alarm auf Aufrufe ein, die mehr als einen Versuch brauchen.
deadline_exceeded =
    .title = Zeit abgelaufen
    .user = Das konnte in der dafür gesetzten Zeit nicht abgeschlossen werden.
    .user-action = Versuchen Sie es später noch einmal.
    .developer = Der Aufruf konnte vor seiner Frist nicht abgeschlossen werden.
    .developer-action = Senden Sie ihn mit mehr Zeit noch einmal, nicht früher, als der Hinweis sagt.
    .administrator = Ein Programm hat einen Aufruf aufgegeben, weil seine Frist erreicht war.
    .administrator-action = Prüfen Sie, wie langsam die API ist, dann die Frist des Programms.
    .causes =
        Die Antworten oder die Pausen zwischen den Versuchen dauerten länger als die Frist.
        Die API verlangt eine längere Pause, als die Frist übrig lässt.
    .cures =
        Geben Sie dem Aufruf mehr Zeit.
        Erledigen Sie ihn später im Hintergrund.
    .prevention = Setzen Sie Fristen nach der langsamsten Antwort, auf die zu warten sich lohnt.
locked_out =
    .title = Anmeldung ausgesetzt
    .user = Die Anmeldedaten wurden mehrmals abgelehnt, deshalb benutzt dieses Programm sie nicht weiter.
    .user-action = Prüfen Sie sie und melden Sie sich neu an, bevor Sie weitermachen; weitere Versuche könnten Ihr Konto sperren.
    .developer = Die Zugangsdaten wurden mehrmals hintereinander abgelehnt, deshalb werden sie nicht wieder vorgelegt.
    .developer-action = Ersetzen Sie die Zugangsdaten; neue werden sofort benutzt.
    .administrator = Ein Programm benutzt Zugangsdaten nicht weiter, die die API mehrmals abgelehnt hat.
    .administrator-action = Prüfen Sie, ob das Konto gesperrt ist, und stellen Sie neue Zugangsdaten aus.
    .causes =
        Die Zugangsdaten wurden widerrufen oder ersetzt, während ein Programm sie noch benutzte.
        Das Konto wurde gesperrt oder geschlossen.
    .cures =
        Richten Sie die neuen Zugangsdaten ein.
        Lassen Sie das Konto entsperren.
    .prevention = Geben Sie den Programmen neue Zugangsdaten, bevor die alten widerrufen werden.
outcome_unknown =
    .title = Anmeldung ungewiss
    .user = Die Antwort auf den letzten Anmeldeschritt ging verloren, daher ist ungewiss, ob er gelungen ist.
    .user-action = Melden Sie sich neu an.
    .developer = Einmal verwendbare Zugangsdaten wurden gesendet, und die Antwort ging verloren; vielleicht sind sie verbraucht.
    .developer-action = Authentifizieren Sie sich neu; legen Sie dieselben Zugangsdaten nur dann noch einmal vor, wenn der Anbieter es erlaubt.
    .administrator = Einem Programm ging die Antwort auf die Erneuerung seiner Sitzung verloren.
    .administrator-action = Lassen Sie das Programm neu anmelden und suchen Sie nach Netzstörungen zu dieser Zeit.
    .causes =
        Die Verbindung brach ab, nachdem ein Refresh-Token gesendet war.
        Das Programm endete zwischen der Antwort und ihrem Speichern.
    .cures =
        Melden Sie sich neu an.
        Halten Sie die Sitzung in einem Speicher, der vor der Benutzung geschrieben wird.
    .prevention = Bitten Sie den Anbieter um eine Übergangszeit für ersetzte Refresh-Token.
unknown =
    .title = Etwas ist schiefgegangen
    .user = Etwas Unerwartetes ist geschehen, und es ist nicht bekannt, was.
    .user-action = Versuchen Sie es noch einmal; wenn es anhält, melden Sie es mit der Anfragenummer.
    .developer = Die API hat einen Fehler unbekannter Art gemeldet.
    .developer-action = Sehen Sie sich die technischen Einzelheiten an und fragen Sie den Support des Anbieters mit der Anfrage-ID.
    .administrator = Die API hat etwas gemeldet, das hier nicht bekannt ist.
    .administrator-action = Suchen Sie die Anfrage-ID im Protokoll und fragen Sie den Support des Anbieters.
    .causes =
        Die API benutzt einen Code oder ein Format, das nicht bekannt ist.
        Etwas dazwischen hat an ihrer Stelle geantwortet.
    .cures =
        Beschreiben Sie die API mit einem eigenen Dialekt.
        Prüfen Sie, wer geantwortet hat: der Host, der Proxy, eine Anmeldeseite des Netzes.
    .prevention = Melden Sie Antworten, die nicht erkannt werden.
code-AUTH_001 =
    .title = Sitzung nicht angenommen
    .user = Der Dienst hat Ihre Sitzung nicht angenommen; vielleicht ist sie beendet.
    .user-action = Melden Sie sich wieder an.
    .developer = Das Access-Token wird nicht angenommen: Es ist falsch oder abgelaufen.
    .developer-action = Erneuern Sie das Token; wo das abgelehnt wird, authentifizieren Sie sich neu.
    .administrator = Die API nimmt das Access-Token dieses Programms nicht an.
    .administrator-action = Prüfen Sie, ob das Programm Token beziehen darf und ob seine Anmeldung widerrufen wurde.
    .causes =
        Das Token ist abgelaufen.
        Das Token stammt aus einer anderen Umgebung oder wurde abgeschnitten.
    .cures =
        Erneuern Sie es oder authentifizieren Sie sich neu.
        Holen Sie ein Token vom Token-Endpunkt dieser Umgebung.
    .prevention = Erneuern Sie Token vor ihrem Ablauf und halten Sie sie nach Umgebungen getrennt.
code-AUTH_002 =
    .title = Dienstschlüssel nicht angenommen
    .user = Der Dienst hat den Schlüssel nicht angenommen, mit dem sich dieses Programm anmeldet.
    .user-action = Bitten Sie um einen neuen Schlüssel, wo das Programm eingerichtet wurde.
    .developer = Der Dienstschlüssel ist falsch oder wurde widerrufen.
    .developer-action = Richten Sie einen Dienstschlüssel ein, der in Gebrauch ist; derselbe wird wieder abgelehnt.
    .administrator = Die API lehnt den Dienstschlüssel dieses Programms ab.
    .administrator-action = Erzeugen Sie einen neuen Dienstschlüssel, geben Sie ihn dem Programm und klären Sie, wer den alten widerrufen hat.
    .causes =
        Der Schlüssel wurde widerrufen oder ersetzt.
        Der Schlüssel gehört zu einer anderen Organisation oder Umgebung.
    .cures =
        Erzeugen Sie einen neuen Schlüssel und richten Sie ihn ein.
        Benutzen Sie den Schlüssel der Organisation, nach deren Daten gefragt wird.
    .prevention = Ersetzen Sie Schlüssel mit einer Übergangszeit und halten Sie fest, welches Programm welchen benutzt.

wait-now = Sie können es jetzt noch einmal versuchen.
wait-seconds = { $count ->
        [one] Sie können es in einer Sekunde noch einmal versuchen.
       *[other] Sie können es in { $count } Sekunden noch einmal versuchen.
    }
wait-minutes = { $count ->
        [one] Sie können es in einer Minute noch einmal versuchen.
       *[other] Sie können es in { $count } Minuten noch einmal versuchen.
    }
wait-hours = { $count ->
        [one] Sie können es in einer Stunde noch einmal versuchen.
       *[other] Sie können es in { $count } Stunden noch einmal versuchen.
    }
wait-days = { $count ->
        [one] Sie können es in einem Tag noch einmal versuchen.
       *[other] Sie können es in { $count } Tagen noch einmal versuchen.
    }
check-first = Wenn damit etwas geändert werden sollte, prüfen Sie vorher, ob es schon geschehen ist.
run-command = Führen Sie dies aus: { $command }
label-action = Was zu tun ist
label-causes = Häufige Ursachen
label-cures = Abhilfe
label-credential = Zugangsdaten
label-details = Technische Einzelheiten
label-help = Mehr dazu
label-host = Host
label-prevention = Vorbeugung
label-request = Anfrage
label-time = Zeit
