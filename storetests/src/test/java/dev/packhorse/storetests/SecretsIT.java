package dev.packhorse.storetests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.packhorse.jobs.ChildJvm;
import dev.packhorse.jobs.Packhorse;
import dev.packhorse.jobs.options.ReindexOptions.TargetFormat;
import dev.packhorse.jobs.reindex.ReindexFixture;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A password is in the environment, and nowhere else that anybody can look at. */
class SecretsIT extends ReindexFixture {

    private static final List<String> PAGES = List.of(
            "/environment/", "/jobs/", "/stages/", "/SQL/", "/executors/", "/api/v1/applications", "/metrics/json/");

    private static PostgresServer server;

    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

    @BeforeAll
    static void start() {
        server = PostgresServer.start();
    }

    @AfterAll
    static void stop() {
        if (server != null) {
            server.close();
        }
    }

    @Test
    @Timeout(value = 5, unit = TimeUnit.MINUTES)
    void noLogNoPageNoFileAndNoCommandLineHasIt() throws Exception {
        for (var i = 0; i < 200; i++) {
            texts.put(i, "text number " + i);
        }
        reindex(TargetFormat.ICEBERG);
        var events = Files.createDirectories(folder.resolve("events"));
        var port = freePort();
        var environment = Map.of(
                "PACKHORSE_POSTGRESQL_USER",
                PostgresServer.USER,
                "PACKHORSE_POSTGRESQL_PASSWORD",
                PostgresServer.PASSWORD);
        var seen = new TreeMap<String, String>();

        try (var child = ChildJvm.start(folder.resolve("log"), environment, Packhorse.class, arguments(port, events))) {
            var commandLine = "";
            while (child.isAlive()) {
                commandLine = commandLine.isEmpty() ? child.commandLine() : commandLine;
                PAGES.forEach(page -> look("http://127.0.0.1:%d%s".formatted(port, page), seen));
                Thread.sleep(50);
            }
            assertThat(child.exitCode()).as(child.log()).isZero();
            seen.put("command line", commandLine);
        }
        look(folder, seen);
        seen.put("kept in the store", server.ask("SELECT string_agg(e::text, ' ') FROM packhorse_exports e"));

        assertThat(seen.keySet()).anyMatch(name -> name.endsWith("/environment/"));
        assertThat(seen.keySet()).anyMatch(name -> name.contains("/events/"));
        assertThat(seen)
                .containsKeys(
                        folder.resolve("log").toString(),
                        folder.resolve("export.json").toString());
        assertThat(seen.get("command line")).contains("--to");
        assertThat(seen.values()).noneMatch(String::isEmpty);
        seen.forEach((place, text) -> assertThat(text).as(place).doesNotContain(PostgresServer.PASSWORD));
    }

    private String[] arguments(int port, Path events) {
        var arguments = new ArrayList<>(List.of(
                "export",
                "--from",
                "vectors",
                "--warehouse",
                folder.resolve("warehouse").toString(),
                "--to",
                "postgresql://127.0.0.1:%d/%s/secrets".formatted(server.port(), PostgresServer.DATABASE),
                "--vector-type",
                "real",
                "--verify",
                "20",
                "--report",
                folder.resolve("export.json").toString()));
        Map.of(
                        "spark.master", "local[2]",
                        "spark.ui.enabled", "true",
                        "spark.ui.port", String.valueOf(port),
                        "spark.eventLog.enabled", "true",
                        "spark.eventLog.compress", "false",
                        "spark.eventLog.dir", events.toUri().toString())
                .forEach((key, value) -> arguments.addAll(List.of("--conf", key + "=" + value)));
        return arguments.toArray(String[]::new);
    }

    private void look(String page, Map<String, String> seen) {
        try {
            var answer = http.send(
                    HttpRequest.newBuilder(URI.create(page))
                            .timeout(Duration.ofSeconds(5))
                            .build(),
                    BodyHandlers.ofString());
            if (answer.statusCode() == 200 && !answer.body().isEmpty()) {
                seen.merge(page, answer.body(), String::concat);
            }
        } catch (IOException e) {
            // it has not begun, or has ended
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void look(Path folder, Map<String, String> seen) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (var file : files.filter(Files::isRegularFile).toList()) {
                if (Files.size(file) > 0) {
                    seen.put(file.toString(), Files.readString(file, StandardCharsets.ISO_8859_1));
                }
            }
        }
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
