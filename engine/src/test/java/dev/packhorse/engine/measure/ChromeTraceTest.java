package dev.packhorse.engine.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChromeTraceTest {

    @TempDir
    private Path folder;

    @Test
    void everySpanIsACompleteEventOfItsProcess() throws IOException {
        var processes = new LinkedHashMap<String, List<Span>>();
        processes.put(
                "onnx", List.of(new Span("MatMul", "/encoder/MatMul", 7, 1000, 2.5), new Span("Add", "", 7, 1003, 1)));
        processes.put("nested", List.of(new Span("qkv", "", 9, 55, 4)));
        var file = folder.resolve("trace.json");

        ChromeTrace.write(file, processes);

        assertThat(new ObjectMapper().readTree(file.toFile())).isEqualTo(new ObjectMapper().readTree("""
                                        {"displayTimeUnit": "ms", "traceEvents": [
                                          {"ph": "M", "name": "process_name", "pid": 1, "args": {"name": "onnx"}},
                                          {"ph": "X", "name": "MatMul", "cat": "encoder", "pid": 1, "tid": 7, "ts": 0.0, "dur": 2.5,
                                           "args": {"node": "/encoder/MatMul"}},
                                          {"ph": "X", "name": "Add", "cat": "encoder", "pid": 1, "tid": 7, "ts": 3.0, "dur": 1.0},
                                          {"ph": "M", "name": "process_name", "pid": 2, "args": {"name": "nested"}},
                                          {"ph": "X", "name": "qkv", "cat": "encoder", "pid": 2, "tid": 9, "ts": 0.0, "dur": 4.0}]}"""));
    }

    @Test
    void aFileThatCannotBeWrittenIsNamed() {
        var file = folder.resolve("none/trace.json");
        assertThatThrownBy(() -> ChromeTrace.write(file, new LinkedHashMap<>()))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessage("could not write the trace " + file);
    }
}
