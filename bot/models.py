"""Which model the settings want, behind its guard; vendors are imported only when they are wanted."""

from basics.breaker import Breaker
from basics.errors import SettingsWrong
from basics.words import Words
from bot.llm import LLM, GuardedLLM
from bot.settings import Settings
from bot.veiled import VeiledLLM


def model_of(settings: Settings) -> GuardedLLM | None:
    """The guarded model, or None where answers are quotations; SettingsWrong says what is missing."""
    if settings.model == "quote":
        return None
    llm: LLM
    if settings.model == "openai":
        if not settings.model_name:
            raise SettingsWrong(
                Words(
                    en="The model is openai, but CONCIERGE_MODEL_NAME is empty. Set it to the model's name on its server.",
                    zh="已选用 openai 模型，但未设置 CONCIERGE_MODEL_NAME。请填写服务器上的模型名称。",
                )
            )
        if not settings.model_url and not settings.model_key.get_secret_value():
            raise SettingsWrong(
                Words(
                    en="The model is openai, but CONCIERGE_MODEL_URL and CONCIERGE_MODEL_KEY are empty. Set a server's address, or OpenAI's key.",
                    zh="已选用 openai 模型，但 CONCIERGE_MODEL_URL 与 CONCIERGE_MODEL_KEY 均未设置。请填写服务器地址，或 OpenAI 官方服务的密钥。",
                )
            )
        from bot.llm_openai import OpenAIModel  # seconds to import

        llm = OpenAIModel(settings.model_name, settings.model_url, settings.model_key, settings.model_total)
        if not settings.model_sees_personal_data:
            llm = VeiledLLM(llm)
    else:
        if settings.model_path is None:
            raise SettingsWrong(
                Words(
                    en="The model is local, but CONCIERGE_MODEL_PATH is empty. Set it to a GGUF file.",
                    zh="已选用本地模型，但未设置 CONCIERGE_MODEL_PATH。请指定一个 GGUF 文件。",
                )
            )
        try:
            from bot.llm_local import LocalModel
        except ModuleNotFoundError:
            raise SettingsWrong(
                Words(
                    en="The model is local, but the package xllamacpp is not installed. Run: pip install 'travel-concierge[local]'.",
                    zh="已选用本地模型，但未安装 xllamacpp。请运行：pip install 'travel-concierge[local]'。",
                )
            ) from None

        llm = LocalModel(settings.model_path, settings.model_total)
    return GuardedLLM(llm, Breaker(), settings.model_first_word, settings.model_total)
