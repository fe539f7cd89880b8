"""What mail clients write around a quoted message, in the languages they speak: tables, looked up and never guessed.

Keys of headers and words of attributions are casefolded. A language that a client speaks differently has all its ways.
"""

from __future__ import annotations

# What may stand around a word without belonging to it.
EDGES = " ,.()*\"'“”«»>[]:;-–—"

# The keys of a quoted header block ("From: …"), by what they stand for.
FROM = "from"
WHEN = "when"
TO = "to"
SUBJECT = "subject"
OTHER = "other"

_KEYS = {
    FROM: """from|von|de|da|van|från|fra|lähettäjä|od|odesílatel|feladó|de la|expéditeur|mittente|remitente|remetente
    |от|от кого|від|від кого|кому від|kimden|gönderen|από|من|מאת|से|प्रेषक|差出人|送信者|보낸 사람|발신|발신자|보내는 사람|보낸사람
    |发件人|寄件者|寄件人|發件人|từ|người gửi|dari|pengirim|nadawca|odosielateľ|pošiljatelj|saatja|nuo|no|expeditor
    |afzender|avsändare|afsender|avsender""",
    WHEN: """sent|date|gesendet|datum|gesendet am|envoyé|envoyé le|date d'envoi|enviado|enviado el|fecha|data
    |enviado em|enviada em|inviato|verzonden|verzonden op|skickat|skickat den|sendt|dato|lähetetty
    |päivämäärä|päiväys|wysłano|wysłane|odesláno|elküldve|dátum|trimis|trimis la|отправлено|дата|надіслано
    |дата надсилання|gönderildi|gönderme tarihi|tarih|gönderilme tarihi|στάλθηκε|ημερομηνία|ημ/νία|تاريخ
    |تم الإرسال|التاريخ|الإرسال|נשלח|תאריך|भेजा गया|दिनांक|तारीख|送信日時|日付|日時|보낸 날짜|날짜|발송|发送时间|发送日期|日期|时间|寄件日期
    |傳送時間|傳送日期|時間|đã gửi|ngày|gửi lúc|vào|dikirim|tanggal|odoslané|poslano|saadetud|kuupäev|išsiųsta
    |data e dërgimit|sendt den""",
    TO: """to|an|à|a|para|pour|destinataire|destinatario|para quem|aan|till|til|vastaanottaja|do|komu|pro|címzett
    |către|catre|кому|kime|alıcı|προς|إلى|الى|אל|עבור|को|प्रति|宛先|받는 사람|받는사람|수신|收件人|收件者|至|đến|tới|kepada
    |untuk|za|saaja|kam|ke""",
    SUBJECT: """subject|betreff|objet|asunto|assunto|oggetto|onderwerp|ämne|emne|aihe|temat|předmět|predmet|tárgy
    |subiect|тема|konu|θέμα|الموضوع|موضوع|נושא|הנדון|विषय|件名|제목|主题|主題|主旨|chủ đề|tiêu đề|subjek|perihal
    |subyek|zadeva|teema|tema""",
    OTHER: """cc|bcc|copie|copie à|kopie|kopia|kopi|copia|cópia|kopio|dw|másolatot kap|másolat|копия|копія|bilgi|gizli
    |κοιν|κοινοποίηση|نسخة|نسخة إلى|עותק|העתק|प्रतिलिपि|참조|抄送|副本|đồng gửi|reply-to|reply to|importance
    |priority|wichtigkeit|priorität|importancia|importância|priorità|attachments|anlagen|pièces jointes
    |organization|mailed-by|signed-by|x-mailer|message-id|in-reply-to|mime-version|content-type|resent-from""",
}
HEADER_KEYS: dict[str, str] = {
    " ".join(key.casefold().split()): meaning
    for meaning, keys in _KEYS.items()
    for key in keys.split("|")
    if key.strip()
}

# What says that somebody wrote: in an attribution ("On Monday, Ann wrote:") and next to a date or an address.
VERBS = tuple(
    " ".join(verb.split())
    for verb in """wrote|writes|has written|schrieb|schrieben|hat geschrieben|geschrieben|a écrit|a ecrit|écrivait|escribió
    |escribio|ha escrito|escreveu|escreveu o seguinte|ha scritto|schreef|heeft geschreven
    |het volgende geschreven|skrev|har skrevet|har skrivit|kirjoitti|pisze|napisał|napisała|napisał(a)
    |napisała(a)|napisał/a|napsal|napsala|napsal(a)|napísal|napísala|napísal(a)|napisao je|napisala je
    |je napisao|írta|ezt írta|írta (időpont|a scris|написал|написала|написал(а)|пишет|писал|писала|пише
    |написав|написав(ла)|yazdı|şunu yazdı|şunları yazdı|tarihinde şunu yazdı|έγραψε|έγραψεν|γράφει|كتب|كتبت
    |כתב|כתבה|כתב/ה|כתב(ה)|ने लिखा|लिखा है|さんは書きました|は書きました|が書きました|のメール|さんのメッセージ|さんが作成|님이 작성|작성|썼습니다|写道|寫道|撰写
    |已写入|đã viết|viết|menulis|tulis|rašė|rakstīja|kirjutas|je napisal|hat am folgendes geschrieben
    |napisana przez|تمت كتابة ما يلي بواسطة|كتبت ما يلي|מאת|va escriure|scrisse|shkroi""".casefold().split("|")
)

# How an attribution may begin, where a date or a weekday does not begin it.
STARTS = frozenset(
    """on at am le lun mar mer jeu ven sam dim el en em no il op den på kl ma ti ke to pe la su w dnia dne v po
    út st čt pá so ne ut št pi în в во пн вт ср чт пт сб вс нд у στις την τη στην في بتاريخ ב בתאריך ביום पर
    को vào pada 在 於 于 mon tue wed thu fri sat sun mo di mi do fr sa lunes martes miércoles jueves viernes
    sábado domingo segunda terça quarta quinta sexta lunedì martedì mercoledì giovedì venerdì sabato
    domenica maandag dinsdag woensdag donderdag vrijdag zaterdag zondag montag dienstag mittwoch donnerstag
    freitag samstag sonntag lundi mardi mercredi jeudi vendredi samedi dimanche monday tuesday wednesday
    thursday friday saturday sunday qua qui sex seg ter sáb dom mié jue vie gio sab wo vr za zo pon wt śr
    czw pt sob niedz hétfő kedd szerda csütörtök péntek szombat vasárnap luni marți miercuri joi vineri""".casefold().split()
)

# A line that stands between a message and the one it quotes or forwards, without its dashes and stars.
ORIGINAL = frozenset(
    key.strip()
    for key in """original message|original email|original appointment|ursprüngliche nachricht|originalnachricht
    |original-nachricht|ursprungliche nachricht|message d'origine|message original|message d’origine
    |courriel original|mensaje original|mensagem original|messaggio originale|oorspronkelijk bericht
    |origineel bericht|originalmeddelande|ursprungligt meddelande|original meddelelse|oprindelig meddelelse
    |opprinnelig melding|alkuperäinen viesti|oryginalna wiadomość|wiadomość oryginalna|původní zpráva
    |pôvodná správa|eredeti üzenet|mesaj original|mesajul original|исходное сообщение|оригинальное сообщение
    |пересланное сообщение ниже|початкове повідомлення|оригінальне повідомлення|özgün ileti|orijinal mesaj
    |özgün mesaj|αρχικό μήνυμα|الرسالة الأصلية|رسالة أصلية|הודעה מקורית|मूल संदेश|元のメッセージ|元のメール|オリジナルメッセージ
    |원본 메시지|원본 메일|원래 메시지|원본 이메일|원본메일|原始邮件|原始郵件|原邮件|原始訊息|tin nhắn gốc|thư gốc|pesan asli|reply message
    |antwort nachricht|original""".casefold().split("|")
)
FORWARDED = frozenset(
    key.strip()
    for key in """forwarded message|begin forwarded message|forwarded by|start of forwarded message
    |weitergeleitete nachricht|anfang der weitergeleiteten nachricht|weitergeleitete e-mail
    |message transféré|message transmis|début du message transféré|début du message réexpédié
    |mensaje reenviado|inicio del mensaje reenviado|mensagem encaminhada|mensagem reencaminhada
    |início da mensagem encaminhada|início da mensagem reencaminhada|messaggio inoltrato
    |inizio messaggio inoltrato|doorgestuurd bericht|begin doorgestuurd bericht|vidarebefordrat meddelande
    |vidarebefordrat brev|vidarebefordrat mejl|videresendt meddelelse|videresendt melding
    |start på videresendt besked|videresendt besked|edelleenlähetetty viesti|välitetty viesti
    |alkaa välitetty viesti|przekazana wiadomość|wiadomość przekazana|początek przekazywanej wiadomości
    |přeposlaná zpráva|začátek přeposlané zprávy|preposlaná správa|továbbított üzenet|továbbított levél
    |mesaj redirecționat|mesaj redirectionat|пересылаемое сообщение|пересланное сообщение
    |начало переадресованного сообщения|переслане повідомлення|переслане сообщение|iletilen ileti
    |iletilmiş mesaj|yönlendirilmiş ileti|iletilen mesaj|προωθημένο μήνυμα|رسالة معاد توجيهها|رسالة محولة
    |رسالة مُعاد توجيهها|הודעה שהועברה|הודעה מועברת|अग्रेषित संदेश|転送されたメッセージ|転送メッセージ|전달된 메시지|전달된 메일|转发的邮件
    |转发邮件信息|轉寄的郵件|轉寄郵件|转发邮件|被转发邮件信息|tin nhắn được chuyển tiếp|thư đã chuyển tiếp|pesan terusan
    |pesan yang diteruskan|forwarded email""".casefold().split("|")
)

# How the footer begins that a telephone or an app puts under a message. Short lines only.
PHONE_FOOTERS = tuple(
    " ".join(key.split())
    for key in """sent from my|sent from outlook|sent from yahoo|sent from mail for|sent from proton|sent from samsung
    |sent from gmail|sent from the|sent from a|sent from iphone|sent from|sent via|sent with|sent using
    |sent by|get outlook for|sent on the go|von meinem|von unterwegs gesendet|gesendet von|gesendet mit
    |gesendet aus|gesendet über|holen sie sich outlook|diese nachricht wurde von meinem|envoyé de mon
    |envoyé depuis|envoyé à partir de|envoyé avec|envoyé de|envoyée de mon|télécharger outlook
    |obtenez outlook|enviado desde mi|enviado desde|enviado con|obtener outlook|enviado do
    |enviado a partir do|enviado pelo|enviado de|enviado via|obter o outlook|inviato da|inviato dal
    |scarica outlook|ottieni outlook|verzonden vanaf|verstuurd vanaf|verzonden met|verstuurd met
    |verzonden via|download outlook|outlook voor|skickat från|skickades från|hämta outlook|skaffa outlook
    |sendt fra|hent outlook|få outlook|lähetetty|hanki outlook|wysłane z|wysłano z|pobierz outlook
    |odesláno z|odesláno ze|získat outlook|odoslané z|küldve|elküldve a|iphone-omról|trimis de pe|trimis din
    |отправлено с|отправлено из|отправлено от|надіслано з|надіслано від|iphone'umdan|iphone’umdan|ipad'imden
    |android'imden|telefonumdan|στάλθηκε από|εστάλη από|أرسلت من|تم الإرسال من|أُرسلت من|مرسل من|נשלח מה
    |נשלח מ|मेरे iphone|मेरे आईफ़ोन|से भेजा गया|iphoneから送信|ipadから送信|androidから送信|スマートフォンから送信|iphone에서 보냄
    |나의 iphone|내 iphone|갤럭시에서|발신:|发自我的|发送自|從我的|从我的|傳送自|được gửi từ|đã gửi từ|gửi từ|dikirim dari
    |terkirim dari|poslano z|saadetud minu""".casefold().split("|")
)

# Words that begin or fill the notice a company puts under every mail. A paragraph with two of them is one.
LEGAL = tuple(
    key.strip()
    for key in """confidential|privileged|intended recipient|intended solely|intended only|disclaimer|unauthorized
    |unauthorised|ved en fejl|ved en feil|av misstag|vahingossa|omyłkowo|omylem|tévesen|din greșeală
    |по ошибке|помилково|yanlışlıkla|κατά λάθος|per abuis|uitsluitend bestemd|ausschließlich|exclusivement
    |exclusivamente|esclusivamente|wyłącznie|výhradně|kizárólag|исключительно|indeholde|inneholde|innehålla
    |oplysninger|vernietig|verwijder|löschen sie|supprimer|elimine|this communication|diese e-mail
    |diese nachricht|ce message|este correo|este mensaje|esta mensagem|questa e-mail|questo messaggio
    |dit bericht|deze e-mail|denne e-mail|denne e-post|denna e-post|tämä viesti|niniejsza wiadomość
    |ta wiadomość|tento e-mail|ez az e-mail|acest e-mail|acest mesaj|это сообщение|настоящее сообщение
    |цей лист|bu e-posta|in error|by mistake|scanned for|you received this|you are receiving this|to unsubscribe|stop receiving|reply to this email directly|view it on|views in it|views expressed|contents of this|this transmission|содержит|notify the sender|delete this|virus|legally|registered in england
    |registered office|vertraulich|irrtümlich|unbefugte|empfänger|handelsregister|amtsgericht
    |geschäftsführer|rechtlich|confidentiel|destinataire|par erreur|confidencial|destinatario|por error
    |destinatário|por engano|riservat|per errore|vertrouwelijk|geadresseerde|konfidentiell|fortrolig
    |luottamuksellinen|poufne|adresat|důvěrn|bizalmas|конфиденциаль|получател|gizli|εμπιστευτικ
    |consider the environment|an die umwelt|penser à l'environnement|unsubscribe|this email and any
    |this message and any|this e-mail""".casefold().split("|")
)

# Those of them that people write of other things as well.
COMMON_LEGAL = frozenset(
    key.strip()
    for key in """confidential|in error|by mistake|virus|delete this|unsubscribe|legally|rechtlich|empfänger|destinataire
    |destinatario|destinatário|par erreur|por error|por engano|per errore|exclusivement|exclusivamente|esclusivamente
    |ausschließlich|wyłącznie|výhradně|kizárólag|исключительно|uitsluitend bestemd|verwijder|vernietig|löschen sie|supprimer
    |elimine|oplysninger|indeholde|inneholde|innehålla|получател|adresat|ved en fejl|ved en feil|av misstag|vahingossa
    |omyłkowo|omylem|tévesen|по ошибке|помилково|yanlışlıkla|содержит|amtsgericht|geschäftsführer|irrtümlich""".split(
        "|"
    )
)

# How a notice begins that a company's gateway puts above a mail from outside.
BANNERS = (
    "caution:",
    "external]",
    "external email",
    "external sender",
    "warning: this email",
    "this email originated from outside",
    "this message originated from outside",
    "this message came from outside",
    "sie erhalten nicht häufig",
    "vous ne recevez pas souvent",
    "u ontvangt niet vaak",
    "no suele recibir",
    "non si ricevono spesso",
    "you don't often get email from",
    "you don’t often get email from",
    "some people who received this message don't often get email from",
    "achtung: diese e-mail",
    "vorsicht: diese e-mail",
    "externe e-mail",
    "attention: ce courriel",
    "attention : ce message",
    "attention: this email",
)

# The line that help desks put above what they send, so that answers are written over it.
REPLY_ABOVE = (
    "please type your reply above this line",
    "reply above this line",
    "write your reply above this line",
    "please reply above this line",
    "type your response above this line",
    "antworten sie oberhalb dieser linie",
    "bitte schreiben sie ihre antwort über diese zeile",
    "répondre au-dessus de cette ligne",
    "responda por encima de esta línea",
    "reply above the line",
)

# What ends a letter: the name under it belongs to it, what follows the name is the signature.
CLOSINGS = """have a nice day|have a great day|have a good day|bonne journée|bonne soirée|schönen tag|schönen tag noch
    |schöne grüße|schönes wochenende|einen schönen tag|buona giornata|fijne dag|que tenga un buen día
    |buen día|bom dia|ha en bra dag|thanks|thank you|thanks in advance|thanks again|all the best
    |with kind regards|with best regards|best wishes|many thanks|thx|cheers|regards|best|best regards
    |kind regards|warm regards|sincerely|yours|yours sincerely|yours faithfully|respectfully|cordially
    |take care|with thanks|thanks and regards|thanks & regards|rgds|br|kr|mit freundlichen grüßen
    |freundliche grüße|viele grüße|beste grüße|liebe grüße|herzliche grüße|mfg|lg|vg|gruß|grüße|danke
    |vielen dank|cordialement|bien cordialement|bien à vous|merci|salutations|saludos|un saludo
    |saludos cordiales|gracias|atentamente|atenciosamente|obrigado|obrigada|abraços|cumprimentos|att
    |cordiali saluti|distinti saluti|saluti|grazie|met vriendelijke groet|vriendelijke groeten|groeten|groet
    |mvg|bedankt|med vänliga hälsningar|vänliga hälsningar|hälsningar|mvh|tack|med venlig hilsen
    |venlig hilsen|hilsen|vennlig hilsen|med vennlig hilsen|takk|tak|ystävällisin terveisin|terveisin|kiitos
    |pozdrawiam|z poważaniem|dziękuję|s pozdravem|děkuji|üdvözlettel|köszönöm|cu stimă|mulțumesc|с уважением
    |спасибо|з повагою|дякую|saygılarımla|teşekkürler|με εκτίμηση|ευχαριστώ|مع تحياتي|شكرا|שלום|תודה|בברכה
    |धन्यवाद|सादर|よろしくお願いします|敬具|감사합니다|谢谢|此致|謝謝|祝好|trân trọng|cảm ơn|terima kasih|salam|hormat saya"""
CLOSING_WORDS = frozenset(" ".join(closing.split()) for closing in CLOSINGS.casefold().split("|"))
