# Español

missing_credentials =
    .title = Hace falta iniciar sesión
    .user = No ha iniciado sesión, y el servicio necesita saber quién hace la petición.
    .user-action = Inicie sesión y vuelva a intentarlo.
    .developer = La solicitud no llevaba ninguna credencial, y la API exige una.
    .developer-action = Dé una credencial al cliente y vuelva a enviar la solicitud.
    .administrator = Un programa llama a la API sin credencial.
    .administrator-action = Dé al programa una credencial propia.
    .causes =
        No hay ninguna credencial configurada, o la variable que debía contenerla está vacía.
        Un proxy o una redirección a otro host eliminó la credencial por el camino.
    .cures =
        Configure una credencial y compruebe de qué fuente la lee el programa.
        Llame al host directamente y haga que el proxy deje pasar la cabecera.
    .prevention = Compruebe al arrancar que hay una credencial, y avise si falta.
invalid_credentials =
    .title = Inicio de sesión no aceptado
    .user = El servicio no ha aceptado los datos de inicio de sesión.
    .user-action = Revíselos y vuelva a iniciar sesión.
    .developer = La API ha respondido y no acepta la credencial enviada.
    .developer-action = Autentíquese de nuevo o sustituya la credencial configurada; la misma volverá a ser rechazada.
    .administrator = La API rechaza la credencial de este programa.
    .administrator-action = Compruebe si la credencial fue revocada o sustituida y, en ese caso, emita otra.
    .causes =
        La credencial fue revocada, o se sustituyó por otra.
        La credencial pertenece a otro entorno, otra audiencia u otra cuenta.
        El valor se cortó, o contiene un espacio o un salto de línea.
    .cures =
        Emita una credencial nueva y configúrela.
        Compare el host y la audiencia con aquellos para los que se creó la credencial.
        Copie el valor otra vez, entero y sin espacios alrededor.
    .prevention = Renueve las credenciales con un periodo de solapamiento y mantenga separadas las de cada entorno.
token_expired =
    .title = Sesión caducada
    .user = Su sesión ha terminado porque se agotó su tiempo.
    .user-action = Vuelva a iniciar sesión y continúe donde lo dejó.
    .developer = El token de acceso ha caducado.
    .developer-action = Renueve el token y vuelva a enviar la solicitud.
    .administrator = El token de acceso de este programa ha caducado y no se renovó a tiempo.
    .administrator-action = Compruebe que el programa puede renovar sus tokens y que su sesión puede durar lo suficiente.
    .causes =
        El token llegó al final de su vida antes de ser renovado.
        El reloj de este equipo va atrasado, de modo que el token parecía vigente.
    .cures =
        Renueve el token, o autentíquese de nuevo si no hay con qué renovarlo.
        Ponga el reloj en hora con un servidor de tiempo.
    .prevention = Renueve los tokens algún tiempo antes de que caduquen.
challenge_nonce =
    .title = Falta una comprobación
    .user = El servicio ha pedido una comprobación más antes de responder.
    .user-action = Vuelva a intentarlo.
    .developer = La API quiere un nonce suyo y reciente en la prueba de posesión (RFC 9449).
    .developer-action = Vuelva a enviar la solicitud con una prueba nueva que contenga el nonce de esta respuesta.
    .administrator = La API pide pruebas con un nonce reciente, y el programa envió una sin él.
    .administrator-action = Asegúrese de que los proxies dejan pasar la cabecera DPoP-Nonce.
    .causes =
        Era la primera prueba para este servidor, o su nonce ha sido sustituido.
        Un proxy eliminó la cabecera que lleva el nonce.
    .cures =
        Repita la solicitud una vez con el nonce que vino en la respuesta.
        Haga que el proxy deje pasar la cabecera.
    .prevention = Guarde el último nonce de cada servidor y tome el nuevo de cualquier respuesta.
clock_skew =
    .title = El reloj no está en hora
    .user = El reloj de este dispositivo y el del servicio difieren demasiado.
    .user-action = Ajuste automáticamente la fecha y la hora de este dispositivo y vuelva a intentarlo.
    .developer = Los relojes del cliente y del servidor difieren demasiado para una solicitud firmada o fechada.
    .developer-action = Corrija el reloj, o el desfase con que se fechan las solicitudes, y vuelva a enviar la solicitud.
    .administrator = El reloj del equipo que ejecuta este programa está demasiado desajustado.
    .administrator-action = Haga que el equipo tome la hora de un servidor de tiempo.
    .causes =
        El equipo no toma la hora de un servidor de tiempo.
        Un equipo que estuvo suspendido o se restauró de una instantánea conservó su hora antigua.
    .cures =
        Ponga el reloj en hora con un servidor de tiempo.
        Haga que se ajuste la hora cuando un equipo despierta o se restaura.
    .prevention = Vigile cuánto se desvían los relojes de sus equipos.
step_up_required =
    .title = Confirme quién es, por favor
    .user = Para este paso debe confirmar de nuevo, o de forma más segura, quién es.
    .user-action = Inicie sesión otra vez cuando se le pida, por ejemplo con un segundo factor, y repita el paso.
    .developer = La API quiere que la persona se autentique de nuevo o de forma más segura (RFC 9470).
    .developer-action = Lleve a la persona al inicio de sesión con los acr_values y el max_age pedidos y vuelva a enviar la solicitud.
    .administrator = Una política exige para esta operación un inicio de sesión más reciente o más seguro.
    .administrator-action = Compruebe que la persona puede cumplir la política, por ejemplo que tiene un segundo factor.
    .causes =
        El último inicio de sesión queda demasiado atrás para esta operación.
        El inicio de sesión fue menos seguro de lo que exige la política.
    .cures =
        Haga que la persona inicie sesión de nuevo.
        Haga que la persona configure un segundo factor.
    .prevention = Pida el inicio de sesión más seguro antes de una operación que se sabe que lo necesita.
insufficient_permissions =
    .title = No permitido
    .user = Ha iniciado sesión, pero su cuenta no tiene permiso para hacer esto.
    .user-action = Pida acceso a su administrador. Volver a iniciar sesión no lo cambia.
    .developer = La API sabe quién llama y no permite esta operación.
    .developer-action = Solicite el permiso o el ámbito que falta; volver a enviar la solicitud no cambia nada.
    .administrator = La API ha denegado una operación a esta cuenta.
    .administrator-action = Conceda el permiso, el rol o el ámbito que falta si la cuenta debe tenerlo.
    .causes =
        A la cuenta le falta un rol o un permiso.
        El token se emitió sin el ámbito que esta operación necesita.
        El recurso pertenece a otra organización.
    .cures =
        Haga que un administrador conceda el rol o el permiso.
        Pida un token con ese ámbito.
        Cambie a la organización dueña del recurso.
    .prevention = Revise qué necesita cada programa y concédalo antes de ponerlo en marcha.
rate_limited =
    .title = Demasiadas solicitudes
    .user = El servicio ha recibido en poco tiempo más solicitudes de las que admite.
    .user-action = Espere un poco y vuelva a intentarlo.
    .developer = Se enviaron demasiadas solicitudes en muy poco tiempo.
    .developer-action = Espere lo que pide la API y vuelva a enviar la solicitud.
    .administrator = Los programas de esta cuenta envían más solicitudes de las que permite el límite de la API.
    .administrator-action = Reparta la carga en el tiempo, o pida al proveedor un límite más alto.
    .causes =
        Se enviaron muchas solicitudes a la vez.
        Varios programas comparten una cuenta y su límite.
    .cures =
        Espacie las solicitudes y espere lo que diga el servidor.
        Dé a cada programa una cuenta propia, o haga que compartan un limitador.
    .prevention = Manténgase por debajo del límite que la API indica en sus cabeceras.
quota_exhausted =
    .title = Cuota agotada
    .user = La cuota de esta cuenta para el servicio se ha agotado.
    .user-action = Pida a su administrador que la amplíe, o vuelva cuando empiece de nuevo.
    .developer = Se ha agotado una cuota de la cuenta; esperar un momento no la recupera.
    .developer-action = Deje de enviar y haga ampliar la cuota, o espere a que empiece de nuevo.
    .administrator = La cuota de esta cuenta se ha agotado.
    .administrator-action = Amplíe el plan o la cuota, o averigüe qué la consumió.
    .causes =
        La cuenta alcanzó la cuota de su plan.
        Un programa consume más de lo previsto.
    .cures =
        Amplíe el plan, o espere a que la cuota empiece de nuevo.
        Busque el programa en el informe de uso y frénelo.
    .prevention = Ponga una alarma a las cuatro quintas partes de la cuota.
pending =
    .title = Todavía no está listo
    .user = El servicio sigue trabajando en ello.
    .user-action = Espere un momento y vuelva a mirar.
    .developer = El resultado todavía no está listo.
    .developer-action = Pregunte de nuevo tras el intervalo que indica la API.
    .administrator = Una operación sigue en curso o espera a que alguien la confirme.
    .administrator-action = Confírmela si espera por usted; si no, no hay nada que hacer.
    .causes =
        La operación dura más que una solicitud.
        Alguien tiene que confirmar aún el inicio de sesión o la operación.
    .cures =
        Consulte con el intervalo que indica el servidor.
        Confírmelo en el otro dispositivo.
    .prevention = No consulte más deprisa de lo que permite el servidor, y fije un plazo tras el cual desistir.
malformed_request =
    .title = Solicitud no entendida
    .user = El servicio no ha podido entender lo que pedía este programa.
    .user-action = Actualice el programa; si no sirve, comuníquelo a quienes lo hacen.
    .developer = La API no ha podido interpretar la solicitud.
    .developer-action = Corrija la forma de la solicitud: su sintaxis, sus cabeceras, su tipo de contenido.
    .administrator = Un programa envía solicitudes que la API no puede leer.
    .administrator-action = Compruebe que la versión del programa corresponde a la de la API y que ningún proxy altera sus solicitudes.
    .causes =
        El cuerpo no es lo que dice su tipo de contenido, o falta una parte obligatoria.
        Un proxy alteró la solicitud.
    .cures =
        Compare la solicitud con la referencia de la API.
        Llame a la API sin el proxy para ver si es la causa.
    .prevention = Pruebe el cliente con el esquema publicado de la API.
validation_failed =
    .title = Hay algo que corregir
    .user = Uno de los valores introducidos no se puede usar.
    .user-action = Revise los valores y envíelos de nuevo.
    .developer = La API entendió la solicitud, y un valor de ella no es aceptable.
    .developer-action = Corrija el valor que nombran los detalles técnicos y envíe la solicitud.
    .administrator = La API rechaza un valor que envía un programa.
    .administrator-action = Revise los ajustes del programa y los límites fijados para la cuenta.
    .causes =
        Un valor falta, es demasiado largo o tiene una forma incorrecta.
        Un valor se refiere a algo que no existe.
    .cures =
        Corrija el campo que nombran los detalles.
        Busque el valor antes de usarlo.
    .prevention = Compruebe los valores antes de enviarlos, con las mismas reglas.
payload_too_large =
    .title = Demasiado grande
    .user = Lo enviado es más grande de lo que admite el servicio.
    .user-action = Envíe menos de una vez, o un archivo más pequeño.
    .developer = La solicitud es más grande de lo que admite la API.
    .developer-action = Divida la solicitud, comprímala o súbala por partes.
    .administrator = La API, o una pasarela delante de ella, rechaza solicitudes de este tamaño.
    .administrator-action = Revise los límites de tamaño de las pasarelas delante de la API, o pregunte al proveedor.
    .causes =
        Un lote o un archivo supera el límite.
        Una pasarela del camino tiene un límite menor que la API.
    .cures =
        Envíe lotes más pequeños, o suba por partes.
        Aumente el límite de la pasarela.
    .prevention = Limite los lotes en bytes, no solo en elementos.
not_found =
    .title = No encontrado
    .user = No se ha encontrado. Puede que se haya eliminado, o que su cuenta no pueda verlo.
    .user-action = Revise el nombre o el enlace; si debería estar ahí, pida acceso.
    .developer = No hay nada en esta dirección, o nada que quien llama pueda ver.
    .developer-action = Revise la dirección y el identificador, y después si quien llama puede ver el recurso.
    .administrator = Un programa pide algo que no existe, o que su cuenta no puede ver.
    .administrator-action = Compruebe si el recurso existe y si la cuenta tiene acceso a él.
    .causes =
        La dirección o el identificador no es correcto, o el recurso se eliminó.
        La API oculta lo que quien llama no puede ver.
    .cures =
        Busque el recurso en una lista antes de pedirlo.
        Haga que se conceda acceso a la cuenta.
    .prevention = Guarde identificadores en vez de nombres, y trate un recurso ausente como un caso corriente.
gone =
    .title = Eliminado para siempre
    .user = Esto se ha eliminado para siempre.
    .user-action = Busque qué lo ha sustituido.
    .developer = Lo que había en esta dirección se ha eliminado para siempre.
    .developer-action = Deje de pedirlo, y quite la dirección o pase a su sustituto.
    .administrator = Un programa usa algo que el proveedor ha retirado.
    .administrator-action = Busque el anuncio de la retirada y actualice el programa.
    .causes =
        El recurso fue borrado.
        La versión de la API fue retirada.
    .cures =
        Quite la referencia a él.
        Pase a una versión que esté en servicio.
    .prevention = Siga los anuncios del proveedor y registre las cabeceras Deprecation y Sunset.
conflict =
    .title = Cambiado entretanto
    .user = Otra persona lo ha cambiado, o ya existe.
    .user-action = Cárguelo de nuevo, mire qué ha cambiado y repita su cambio.
    .developer = La solicitud contradice el estado actual del recurso.
    .developer-action = Lea el recurso de nuevo, decida qué debe valer y envíe una solicitud nueva.
    .administrator = Dos cambios del mismo recurso se han estorbado.
    .administrator-action = Compruebe si dos programas gestionan el mismo recurso.
    .causes =
        Otra persona cambió antes el recurso.
        El recurso ya existe, o una clave de idempotencia se usó dos veces.
    .cures =
        Léalo de nuevo y repita el cambio sobre lo que hay.
        Use lo que existe, u otra clave.
    .prevention = Envíe la versión en que se basa un cambio, por ejemplo con If-Match.
server_error =
    .title = Fallo en el servicio
    .user = El servicio ha tenido un fallo propio.
    .user-action = Vuelva a intentarlo en un momento; si continúa, comuníquelo con el número de la solicitud.
    .developer = La API falló mientras respondía.
    .developer-action = Vuelva a enviar la solicitud tras una pausa; si continúa, comuníquelo al proveedor con el identificador de la solicitud.
    .administrator = La API falla por errores propios.
    .administrator-action = Mire la página de estado del proveedor y comunique el identificador de la solicitud.
    .causes =
        Un fallo en la API.
        Una solicitud que la API no soporta.
    .cures =
        Espere a que el proveedor lo arregle.
        Quite partes de la solicitud hasta hallar la que lo provoca, y comuníquela.
    .prevention = Repita con pausas crecientes y dentro de un límite, y haga que las escrituras se puedan repetir.
unavailable =
    .title = Servicio no disponible
    .user = El servicio no admite solicitudes en este momento.
    .user-action = Espere un poco y vuelva a intentarlo.
    .developer = La API no atiende solicitudes en este momento.
    .developer-action = Vuelva a enviar la solicitud tras una pausa, no antes de lo que dice la API.
    .administrator = La API está sobrecargada o en mantenimiento.
    .administrator-action = Mire la página de estado del proveedor.
    .causes =
        Mantenimiento.
        Más carga de la que soporta el servicio.
    .cures =
        Espere a que termine.
        Envíe menos y haga que un cortacircuitos retenga solicitudes.
    .prevention = Conserve lo último que se leyó, para que el programa pueda seguir con ello.
gateway =
    .title = No se llegó al servicio
    .user = El camino al servicio está abierto, pero el servicio que hay detrás no respondió.
    .user-action = Vuelva a intentarlo en un momento.
    .developer = Una pasarela delante de la API no pudo obtener respuesta de ella.
    .developer-action = Vuelva a enviar la solicitud tras una pausa.
    .administrator = Una pasarela o un balanceador no alcanza la API que hay detrás.
    .administrator-action = Revise la pasarela si es suya; si no, mire la página de estado del proveedor.
    .causes =
        Los servidores tras la pasarela se están reiniciando o están caídos.
        La pasarela de su propia red no alcanza al proveedor.
    .cures =
        Espere a que vuelvan.
        Revise el registro de su pasarela.
    .prevention = Vigile las pasarelas aparte de los servicios que hay detrás.
timeout =
    .title = Servicio demasiado lento
    .user = El servicio tardó demasiado en responder.
    .user-action = Vuelva a intentarlo en un momento.
    .developer = La API, o algo delante de ella, dejó de esperar.
    .developer-action = Vuelva a enviar la solicitud tras una pausa, o pida menos de una vez.
    .administrator = La API no responde dentro de su propio plazo.
    .administrator-action = Mire la página de estado del proveedor y la carga que causan sus programas.
    .causes =
        El servicio está muy cargado.
        La solicitud pide más de lo que se puede responder a tiempo.
    .cures =
        Vuelva a intentarlo más tarde.
        Pida páginas más pequeñas o un periodo más corto.
    .prevention = Pida por páginas, y use operaciones asíncronas donde la API las tenga.
dns =
    .title = Dirección no encontrada
    .user = No se ha podido averiguar la dirección del servicio.
    .user-action = Compruebe su conexión a internet y vuelva a intentarlo.
    .developer = No se ha podido resolver el nombre del host de la API.
    .developer-action = Revise el nombre del host en la configuración y el sistema de resolución de este equipo.
    .administrator = Un equipo no puede resolver el nombre del host de la API.
    .administrator-action = Revise la resolución de nombres, las zonas privadas y la VPN de ese equipo.
    .causes =
        No hay conexión a internet, o a la VPN que conoce el nombre.
        El nombre del host está mal escrito.
    .cures =
        Conéctese y vuelva a intentarlo.
        Corrija el nombre del host.
    .prevention = Resuelva el nombre al arrancar el programa, y avise si no se consigue.
connect =
    .title = Sin conexión
    .user = No se ha podido conectar con el servicio.
    .user-action = Compruebe su conexión a internet y vuelva a intentarlo.
    .developer = No se ha podido abrir una conexión con la API.
    .developer-action = Revise host, puerto y proxy, y vuelva a enviar la solicitud.
    .administrator = Un equipo no puede conectar con la API.
    .administrator-action = Revise el cortafuegos, el proxy y las listas de permitidos entre el equipo y la API.
    .causes =
        Un cortafuegos o un proxy cierra el paso.
        Nadie atiende en ese puerto, o el servicio está caído.
    .cures =
        Haga que se permitan el host y el puerto.
        Revise el puerto y espere a que vuelva el servicio.
    .prevention = Pruebe el camino a la API desde donde vaya a ejecutarse el programa.
tls =
    .title = Sin conexión segura
    .user = No se ha podido establecer una conexión segura con el servicio, así que no se envió nada.
    .user-action = No siga desde esta red; avise a su administrador.
    .developer = No se ha podido acordar con la API una conexión cifrada de confianza.
    .developer-action = Revise el certificado mostrado, las raíces de confianza y el reloj; no desactive la comprobación.
    .administrator = El certificado de la API, o de algo intermedio, no es de confianza aquí.
    .administrator-action = Revise el certificado y las raíces de confianza, y si un proxy abre el tráfico.
    .causes =
        El certificado ha caducado o es para otro nombre.
        Un proxy abre el tráfico con un certificado que aquí no es de confianza.
        El reloj del equipo está muy desajustado.
    .cures =
        Haga renovar el certificado.
        Confíe en la raíz del proxy si esa es la política, o evítelo.
        Ponga el reloj en hora con un servidor de tiempo.
    .prevention = Vigile cuándo caducan los certificados.
connection_lost =
    .title = Conexión perdida
    .user = La conexión se cortó antes de que la respuesta estuviera completa.
    .user-action = Compruebe su conexión a internet y vuelva a intentarlo.
    .developer = La conexión se cortó durante la llamada.
    .developer-action = Vuelva a enviar la solicitud si hacerla dos veces no causa daño.
    .administrator = Las conexiones con la API se cortan mientras se usan.
    .administrator-action = Revise los tiempos de inactividad de los proxies y balanceadores del camino.
    .causes =
        La red cambió o falló.
        Un proxy cerró una conexión que creía inactiva.
    .cures =
        Vuelva a intentarlo cuando vuelva la red.
        Use las conexiones menos tiempo del que permite el proxy.
    .prevention = Haga que las escrituras se puedan repetir con una clave de idempotencia.
client_timeout =
    .title = Sin respuesta a tiempo
    .user = No llegó ninguna respuesta en el tiempo que este programa espera.
    .user-action = Vuelva a intentarlo en un momento.
    .developer = No llegó ninguna respuesta dentro del tiempo de espera del cliente.
    .developer-action = Vuelva a enviar la solicitud tras una pausa si hacerla dos veces no causa daño, o dé más tiempo.
    .administrator = La API no responde en el tiempo que le da un programa.
    .administrator-action = Revise la red y la carga, y después el tiempo de espera del programa.
    .causes =
        La red o el servicio va lento.
        El tiempo de espera es más corto que la operación.
    .cures =
        Vuelva a intentarlo más tarde.
        Fije el tiempo de espera por encima de las respuestas más lentas.
    .prevention = Mida cuánto tardan las respuestas y fije los tiempos de espera según ello.
circuit_open =
    .title = En pausa tras varios fallos
    .user = El servicio ha estado fallando, así que este programa le da un breve descanso antes de volver a preguntar.
    .user-action = Vuelva a intentarlo en un momento.
    .developer = El cortacircuitos de este host está abierto, así que la solicitud no se envió.
    .developer-action = Espere a que el cortacircuitos deje pasar una sonda y vuelva a enviar la solicitud.
    .administrator = Un programa retiene sus solicitudes porque la API ha estado fallando.
    .administrator-action = Mire los fallos anteriores a este; la pausa termina por sí sola.
    .causes =
        La API falló demasiadas veces en poco tiempo.
    .cures =
        Averigüe cuáles fueron los fallos anteriores; el circuito se cierra cuando una sonda tiene éxito.
    .prevention = Ponga una alarma para los circuitos que se abren.
retries_exhausted =
    .title = Varios intentos fallidos
    .user = Se ha intentado varias veces sin éxito.
    .user-action = Vuelva a intentarlo más tarde; si continúa, comuníquelo con el número de la solicitud.
    .developer = Han fallado todos los intentos que permite la política de reintentos.
    .developer-action = Mire el último fallo; vuelva a enviar la solicitud más tarde.
    .administrator = Un programa ha agotado sus intentos en una llamada a la API.
    .administrator-action = Mire la página de estado del proveedor y el último fallo en el registro.
    .causes =
        El problema dura más que los intentos.
        El presupuesto de reintentos de este host está gastado.
    .cures =
        Vuelva a intentarlo más tarde.
        Deje que el presupuesto se recupere y mire qué lo gastó.
    .prevention = Ponga una alarma para las llamadas que necesitan más de un intento.
deadline_exceeded =
    .title = Tiempo agotado
    .user = No se ha podido terminar en el tiempo fijado.
    .user-action = Vuelva a intentarlo más tarde.
    .developer = La llamada no se pudo terminar antes de su plazo.
    .developer-action = Envíela de nuevo con más tiempo, no antes de lo que dice la indicación.
    .administrator = Un programa abandonó una llamada porque se alcanzó su plazo.
    .administrator-action = Revise lo lenta que va la API, y después el plazo del programa.
    .causes =
        Las respuestas, o las esperas entre intentos, duraron más que el plazo.
        La API pide una espera más larga de la que deja el plazo.
    .cures =
        Dé más tiempo a la llamada.
        Hágala más tarde, en segundo plano.
    .prevention = Fije los plazos según la respuesta más lenta que valga la pena esperar.
locked_out =
    .title = Inicio de sesión en pausa
    .user = Los datos de inicio de sesión se rechazaron varias veces, así que este programa ha dejado de usarlos.
    .user-action = Revíselos e inicie sesión de nuevo antes de seguir; más intentos podrían bloquear su cuenta.
    .developer = La credencial se rechazó varias veces seguidas, así que no se vuelve a presentar.
    .developer-action = Sustituya la credencial; una nueva se prueba enseguida.
    .administrator = Un programa ha dejado de usar una credencial que la API rechazó varias veces.
    .administrator-action = Compruebe si la cuenta está bloqueada y emita una credencial nueva.
    .causes =
        La credencial se revocó o sustituyó mientras un programa aún la usaba.
        La cuenta fue bloqueada o cerrada.
    .cures =
        Configure la credencial nueva.
        Haga desbloquear la cuenta.
    .prevention = Dé a los programas la credencial nueva antes de revocar la antigua.
outcome_unknown =
    .title = Inicio de sesión incierto
    .user = Se perdió la respuesta al último paso del inicio de sesión, así que no se sabe si se completó.
    .user-action = Inicie sesión de nuevo.
    .developer = Se envió una credencial de un solo uso y se perdió la respuesta; puede estar gastada o no.
    .developer-action = Autentíquese de nuevo; presente la misma credencial otra vez solo si el proveedor lo permite.
    .administrator = Un programa perdió la respuesta a la renovación de su sesión.
    .administrator-action = Haga que el programa inicie sesión de nuevo, y busque cortes de red a esa hora.
    .causes =
        La conexión se cortó después de enviar un token de renovación.
        El programa terminó entre la respuesta y su almacenamiento.
    .cures =
        Inicie sesión de nuevo.
        Guarde la sesión en un almacén que se escriba antes de usarla.
    .prevention = Pida al proveedor un periodo de gracia para los tokens de renovación sustituidos.
unknown =
    .title = Algo ha ido mal
    .user = Ha ocurrido algo inesperado, y no se sabe qué.
    .user-action = Vuelva a intentarlo; si continúa, comuníquelo con el número de la solicitud.
    .developer = La API comunicó un fallo de una clase desconocida.
    .developer-action = Mire los detalles técnicos y pregunte al soporte del proveedor con el identificador de la solicitud.
    .administrator = La API comunicó algo que aquí no se conoce.
    .administrator-action = Busque el identificador de la solicitud en el registro y pregunte al soporte del proveedor.
    .causes =
        La API usa un código o un formato desconocido.
        Algo intermedio respondió en su lugar.
    .cures =
        Describa la API con un dialecto propio.
        Compruebe quién respondió: el host, el proxy, una página de acceso de la red.
    .prevention = Comunique las respuestas que no se reconocen.
code-AUTH_001 =
    .title = Sesión no aceptada
    .user = El servicio no ha aceptado su sesión; puede que haya terminado.
    .user-action = Vuelva a iniciar sesión.
    .developer = El token de acceso no se acepta: no es correcto o ha caducado.
    .developer-action = Renueve el token; si eso se rechaza, autentíquese de nuevo.
    .administrator = La API no acepta el token de acceso de este programa.
    .administrator-action = Compruebe que el programa puede obtener tokens y que no se revocó su inicio de sesión.
    .causes =
        El token ha caducado.
        El token se emitió en otro entorno, o se cortó.
    .cures =
        Renuévelo, o autentíquese de nuevo.
        Obtenga un token del punto de emisión de este entorno.
    .prevention = Renueve los tokens antes de que caduquen y manténgalos separados por entorno.
code-AUTH_002 =
    .title = Clave de servicio no aceptada
    .user = El servicio no ha aceptado la clave con la que este programa inicia sesión.
    .user-action = Pida una clave nueva a quien configuró el programa.
    .developer = La clave de servicio no es correcta, o fue revocada.
    .developer-action = Configure una clave de servicio en uso; la misma volverá a ser rechazada.
    .administrator = La API rechaza la clave de servicio de este programa.
    .administrator-action = Cree una clave de servicio nueva, désela al programa y averigüe quién revocó la antigua.
    .causes =
        La clave fue revocada o sustituida.
        La clave pertenece a otra organización u otro entorno.
    .cures =
        Cree una clave nueva y configúrela.
        Use la clave de la organización cuyos datos se piden.
    .prevention = Sustituya las claves con un periodo de solapamiento y anote qué programa usa cada una.

wait-now = Ya puede volver a intentarlo.
wait-seconds = { $count ->
        [one] Podrá volver a intentarlo dentro de un segundo.
       *[other] Podrá volver a intentarlo dentro de { $count } segundos.
    }
wait-minutes = { $count ->
        [one] Podrá volver a intentarlo dentro de un minuto.
       *[other] Podrá volver a intentarlo dentro de { $count } minutos.
    }
wait-hours = { $count ->
        [one] Podrá volver a intentarlo dentro de una hora.
       *[other] Podrá volver a intentarlo dentro de { $count } horas.
    }
wait-days = { $count ->
        [one] Podrá volver a intentarlo dentro de un día.
       *[other] Podrá volver a intentarlo dentro de { $count } días.
    }
check-first = Si con ello se iba a cambiar algo, compruebe antes si ya se ha hecho.
run-command = Ejecute: { $command }
label-action = Qué hacer
label-causes = Causas frecuentes
label-cures = Remedios
label-credential = Credencial
label-details = Detalles técnicos
label-help = Más información
label-host = Host
label-prevention = Prevención
label-request = Solicitud
label-time = Hora
