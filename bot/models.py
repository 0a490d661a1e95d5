"""Which model the settings want, behind its guard; vendors are imported only when they are wanted."""

from basics.errors import SettingsWrong
from basics.words import Words
from bot.llm import LLM, Breaker, GuardedLLM
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
                    en="CONCIERGE_MODEL is openai, but CONCIERGE_MODEL_NAME is empty.",
                    zh="CONCIERGE_MODEL 为 openai，但未设置 CONCIERGE_MODEL_NAME。",
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
                    en="CONCIERGE_MODEL is local, but CONCIERGE_MODEL_PATH is empty. Set it to a GGUF file.",
                    zh="CONCIERGE_MODEL 为 local，但未设置 CONCIERGE_MODEL_PATH。请指定一个 GGUF 文件。",
                )
            )
        from bot.llm_local import LocalModel

        llm = LocalModel(settings.model_path, settings.model_total)
    return GuardedLLM(llm, Breaker(), settings.model_first_word, settings.model_total)
