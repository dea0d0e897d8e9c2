package dev.packhorse.udf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.packhorse.engine.Fixtures;
import dev.packhorse.engine.model.Model;
import dev.packhorse.engine.model.ModelException;
import dev.packhorse.engine.model.ModelFile;
import dev.packhorse.engine.model.Models;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SparkFileTest {

    private static Model distribute(Model model) {
        return SparkFile.distribute(LocalSpark.session().sparkContext(), model);
    }

    @Test
    void whatTheExecutorReadsIsTheFile() {
        var model = TinyBert.model();

        var distributed = distribute(model);

        assertThat(distributed.tokenizer().location().toString())
                .isEqualTo("spark-file:" + model.tokenizer().sha256().substring(0, 16) + "-tokenizer.json");
        assertThat(distributed.tokenizer().text()).isEqualTo(model.tokenizer().text());
        assertThat(distribute(model)).as("a second time").isEqualTo(distributed);
    }

    @Test
    void filesOfTwoModelsWithTheSameNameDoNotMeet(@TempDir Path folder) throws IOException {
        var copy = Fixtures.copyTinyBert(folder);
        var tokenizer = copy.resolve("tokenizer.json");
        Files.writeString(tokenizer, Files.readString(tokenizer) + "\n");

        var first = distribute(TinyBert.model());
        var second = distribute(Models.find(copy.toString()));

        assertThat(second.onnx()).isEqualTo(first.onnx());
        assertThat(second.tokenizer().text()).isEqualTo(first.tokenizer().text() + "\n");
    }

    @Test
    void aFileThatIsOnTheClassPathStaysThere() {
        var resource = new ModelFile.Location.Resource("fixtures/reference/texts.json");
        var model = TinyBert.model();

        var distributed = distribute(model.withFiles(resource, resource));

        assertThat(distributed.onnx().location()).isEqualTo(resource);
        assertThat(distributed.tokenizer().location()).isEqualTo(resource);
    }

    @Test
    void aFileThatSparkDoesNotKnowIsNamed() {
        var missing = TinyBert.model().tokenizer().at(new SparkFile("nowhere"));

        assertThatThrownBy(missing::text)
                .isInstanceOf(ModelException.class)
                .hasMessageStartingWith("spark-file:nowhere: expected a readable file, found: ")
                .hasMessageEndingWith("nowhere");
    }
}
