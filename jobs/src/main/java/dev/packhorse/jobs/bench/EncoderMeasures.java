package dev.packhorse.jobs.bench;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import dev.packhorse.engine.Paths;
import dev.packhorse.engine.contract.Device;
import dev.packhorse.jobs.charts.PageFile;
import dev.packhorse.jobs.options.EmbedOptions;
import dev.packhorse.jobs.page.Page;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;

/** The measurements of encoders and their tokenizer one after the other, and what becomes of their findings: text, JSON, a page. */
final class EncoderMeasures {

    private final BenchContext context;
    private final Map<String, String> facts;
    private final Configuration hadoop;
    private final List<Findings> all = new ArrayList<>();

    /**
     * @param facts of the machine and the model, by their names
     * @param hadoop knows where a page can go
     */
    EncoderMeasures(BenchContext context, Map<String, String> facts, Configuration hadoop) {
        this.context = context;
        this.hadoop = hadoop;
        this.facts = new LinkedHashMap<>(facts);
    }

    void encoders() {
        Paths.unmetOn(new Device.Gpu(List.of()))
                .ifPresent(unmet -> context.out().println("encoders on a GPU: not here: " + unmet));
        add(EncoderBench.run(context));
    }

    void padding() {
        add(PaddingBench.run(context));
    }

    void batchSizes() {
        add(BatchSizeBench.run(context));
    }

    void tokenizer(List<String> texts) {
        add(TokenizerBench.run(context, texts));
    }

    private void add(Findings findings) {
        findings.print(context.out());
        all.add(findings);
    }

    /** Profiles, where that was asked for. */
    void profile() {
        context.options().find(BenchOptions.PROFILE).ifPresent(file -> add(ProfileBench.run(context, Path.of(file))));
    }

    /**
     * Writes the files that were asked for, of all that was found so far.
     *
     * @throws UncheckedIOException when one cannot be written
     */
    void write() {
        if (all.isEmpty()) {
            return;
        }
        context.options().find(BenchOptions.RESULTS).map(Path::of).ifPresent(this::writeResults);
        context.options().find(EmbedOptions.REPORT_PAGE).map(PageFile::new).ifPresent(this::writePage);
    }

    private void writeResults(Path file) {
        var results = new LinkedHashMap<String, Object>();
        results.put("facts", facts);
        all.forEach(findings ->
                results.put(findings.name(), Map.of("note", findings.note(), "figures", findings.figures())));
        try {
            new ObjectMapper()
                    .setPropertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
                    .enable(SerializationFeature.INDENT_OUTPUT)
                    .registerModule(new SimpleModule().addSerializer(double.class, new FiniteNumbers()))
                    .writeValue(file.toFile(), results);
        } catch (IOException e) {
            throw new UncheckedIOException("could not write the figures to " + file, e);
        }
        context.out().println("figures: " + file);
    }

    /** JSON has no other numbers. */
    private static final class FiniteNumbers extends StdSerializer<Double> {

        private static final long serialVersionUID = 1;

        private FiniteNumbers() {
            super(Double.class);
        }

        @Override
        public void serialize(Double value, JsonGenerator json, SerializerProvider provider) throws IOException {
            if (Double.isFinite(value)) {
                json.writeNumber(value);
            } else {
                json.writeNull();
            }
        }
    }

    private void writePage(PageFile file) {
        var page = Page.titled("Packhorse benchmark", facts.get("model")).facts(facts);
        for (var findings : all) {
            page.section(findings.heading(), findings.note());
            findings.charts().forEach(page::chart);
            findings.tables().forEach(page::table);
        }
        try {
            file.write(page, hadoop);
        } catch (IOException e) {
            throw new UncheckedIOException("could not write the report page " + file.place(), e);
        }
        context.out().println("report page: " + file.place());
    }
}
